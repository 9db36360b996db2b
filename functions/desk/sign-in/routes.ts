import * as z from "zod";
import { pageResponse } from "#pages/page-response.ts";
import { isSameOrigin } from "#runtime/access/access-gate.ts";
import type { Keyring } from "#runtime/access/keyring.ts";
import { problem } from "#runtime/access/problem.ts";
import type { Sessions } from "#runtime/access/session.ts";
import { formOf, formType, seeOther } from "#runtime/form-route.ts";
import { header } from "#runtime/headers.ts";
import type { HttpRequest, HttpResponse } from "#runtime/http.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { noBody, text } from "#runtime/route-description.ts";
import { type SignInWays, signInForm } from "./form.ts";

export interface SignInOptions {
  /** Undefined if no keys are taken. */
  readonly keys: Pick<Keyring, "verify"> | undefined;
  readonly sessions: Sessions;
  readonly ways: SignInWays;
}

const again = text("text/html", "The form again, with what is wrong.");
const formSchema = z.object({ key: z.string().max(200), to: z.string().optional() });

/**
 * The form that a person signs in with, what it sends where keys are taken, and how a session ends. Neither takes a request
 * from a page of another site, which could otherwise put its reader into a session of its own.
 */
export function signInRoutes({ keys, sessions, ways }: SignInOptions): readonly Route[] {
  return [
    getRoute({
      path: "/session",
      access: "open",
      summary: "The form to sign in with",
      parameters: noParameters,
      responses: { 200: text("text/html", "A form.") },
      handle: async () => pageResponse(signInForm("/", ways)),
    }),
    ...(keys === undefined ? [] : [keyRoute({ keys, sessions, ways })]),
    {
      method: "POST",
      path: "/session/end",
      access: "open",
      about: { summary: "Ends the session", responses: { 303: noBody("The way to the form.") } },
      handle: (request) =>
        sameOrigin(request, async () =>
          seeOther("/session", { "set-cookie": sessions.end({ secure: isSecure(request) }) }),
        ),
    },
  ];
}

interface KeyOptions extends SignInOptions {
  readonly keys: Pick<Keyring, "verify">;
}

function keyRoute(options: KeyOptions): Route {
  return {
    method: "POST",
    path: "/session",
    access: "open",
    bodyLimit: 4_096,
    about: {
      summary: "Begins a session with a key that has the role read",
      body: { [formType]: formSchema },
      responses: {
        303: noBody("The session's cookie, and the way to the page that was asked for."),
        400: again,
        401: again,
        403: again,
      },
    },
    handle: (request) => sameOrigin(request, () => begin(request, options)),
  };
}

async function begin(request: HttpRequest, { keys, sessions, ways }: KeyOptions): Promise<HttpResponse> {
  const form = formSchema.safeParse(formOf(request));
  const to = pathWithin(form.data?.to);
  const formAgain = (status: number, fault: string) => {
    const challenge = status === 401 ? { "www-authenticate": 'Bearer realm="lapse"' } : {};
    return pageResponse(signInForm(to, ways, fault), { status, headers: challenge });
  };
  if (!form.success) return formAgain(400, "The form needs a key.");
  const verdict = await keys.verify(form.data.key.trim());
  if ("fault" in verdict) return formAgain(401, verdict.fault);
  const { caller } = verdict;
  if (!caller.roles.includes("read")) return formAgain(403, `The key ${caller.name} lacks the role read.`);
  return seeOther(to, { "set-cookie": sessions.begin({ key: caller.id }, { secure: isSecure(request) }) });
}

async function sameOrigin(request: HttpRequest, handle: () => Promise<HttpResponse>): Promise<HttpResponse> {
  if (isSameOrigin(request)) return handle();
  return problem(403, "A page of another site must not begin or end a session.");
}

/** A path of this server, and nothing that a browser would take for another. */
export function pathWithin(to = "/"): string {
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(to) ? to : "/";
}

/** Whether the proxy in front was reached by HTTPS; what a caller makes up here only concerns their own cookie. */
export function isSecure(request: HttpRequest): boolean {
  return header(request, "x-forwarded-proto") === "https";
}
