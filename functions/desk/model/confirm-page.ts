import type { ModelManifest } from "#churn/model/manifest.ts";
import { framed } from "#pages/frame.ts";
import { headline } from "#pages/headline.ts";
import { html } from "#pages/html.ts";

export interface Confirmation {
  readonly reader: string | undefined;
  /** The version that is to serve. */
  readonly manifest: ModelManifest;
  /** The one that serves now; undefined if none does. */
  readonly champion: string | undefined;
  /** Whether the version served before. */
  readonly isRollback: boolean;
}

/** The page that asks for a reason before a version is put into service, with what training said of it. */
export function renderConfirmation({ reader, manifest, champion, isRollback }: Confirmation): string {
  const { version, decision } = manifest;
  const title = isRollback ? `Roll back to ${version}` : `Put ${version} into service`;
  return framed(
    { title, section: "/model", reader },
    html`<h1>${title}</h1>
<p class="headline">${headline(manifest)}</p>
<p${decision.promoted ? "" : html` class="alarm"`}>${decision.promoted ? "Training decided for this version" : "Training decided against this version"}: ${decision.reason}.</p>
${(decision.checks ?? []).length === 0 ? "" : html`<ul>${(decision.checks ?? []).map(({ verdict, passed }) => html`<li>${passed ? "Passed" : "Not passed"}: ${verdict}</li>`)}</ul>`}
<p>${champion === undefined ? "No version is in service now." : html`It takes the place of ${champion}.`} Every user is scored again by it, so lists and risks change at once. Your name and your reason are recorded.</p>
<form method="post" action="${isRollback ? "/model/rollback" : "/model/promote"}">
${isRollback ? "" : html`<input type="hidden" name="version" value="${version}">`}
<p><label>Why? <input name="reason" required minlength="3" maxlength="1000" size="50"></label></p>
<p><button>${title}</button> <a href="/model">Leave everything as it is</a></p>
</form>`,
  );
}
