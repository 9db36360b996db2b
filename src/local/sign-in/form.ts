import { framed } from "#pages/frame.ts";
import { html } from "#pages/html.ts";

/** The page that asks for a key, without a script. It leads to `path`; `fault` says why the key just given is not taken. */
export function signInForm(path: string, fault?: string): string {
  return framed(
    { title: "Sign in" },
    html`<h1>Sign in</h1>
<p>This page needs an API key with the role read.</p>
${fault === undefined ? "" : html`<p role="alert"><strong>${fault}</strong></p>`}
<form method="post" action="/session">
<input type="hidden" name="to" value="${path}">
<p><label>Key <input type="password" name="key" autocomplete="current-password" required autofocus></label> <button>Sign in</button></p>
</form>
<form method="post" action="/session/end"><p>Already signed in? <button>Sign out</button></p></form>
<p>The person who runs lapse makes one: <code>lapse keys create --name NAME --role read</code></p>`,
  );
}
