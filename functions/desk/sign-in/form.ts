import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";

/** How one can sign in. */
export interface SignInWays {
  readonly byKey: boolean;
  readonly byIssuer: boolean;
}

/** The page that asks who one is, without a script. It leads to `path`; `fault` says why one is not let in. */
export function signInForm(path: string, { byKey, byIssuer }: SignInWays, fault?: string): string {
  return framed(
    { title: "Sign in" },
    html`<h1>Sign in</h1>
${fault === undefined ? "" : html`<p role="alert" class="alarm">${fault}</p>`}
${byIssuer ? html`<p><a class="button" href="/session/start?to=${encodeURIComponent(path)}">Sign in with your organization</a></p>` : ""}
${byKey ? keyForm(path, byIssuer) : ""}
<form method="post" action="/session/end"><p>Already signed in? <button class="second">Sign out</button></p></form>`,
  );
}

function keyForm(path: string, isSecond: boolean): Markup {
  return html`<p>${isSecond ? "Or with an API key" : "This page needs an API key"} that has the role read.</p>
<form method="post" action="/session">
<input type="hidden" name="to" value="${path}">
<p><label>Key <input type="password" name="key" autocomplete="current-password" required${isSecond ? "" : html` autofocus`}></label> <button>Sign in</button></p>
</form>
<p>The person who runs lapse makes one: the command <code>keys create --name NAME --role read</code></p>`;
}
