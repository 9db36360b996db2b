import * as z from "zod";
import { pageResponse } from "#pages/page-response.ts";
import type { Sessions } from "#runtime/access/session.ts";
import { SignedCookie } from "#runtime/access/signed-cookie.ts";
import { seeOther } from "#runtime/form-route.ts";
import { header } from "#runtime/headers.ts";
import type { HttpRequest, HttpResponse } from "#runtime/http.ts";
import { getRoute, type Route } from "#runtime/route.ts";
import { noBody, text } from "#runtime/route-description.ts";
import { type SignInWays, signInForm } from "./form.ts";
import type { SignInIssuer } from "./issuer.ts";
import { isSecure, pathWithin } from "./routes.ts";

export interface IssuerRoutesOptions {
  readonly issuer: Pick<SignInIssuer, "begin" | "complete">;
  readonly sessions: Sessions;
  /** Signs what a sign-in remembers. */
  readonly secret: Uint8Array;
  readonly ways: SignInWays;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const attemptSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() });

/** The way to the issuer and back. What is remembered meanwhile is in a cookie of the browser that begins: no other can end it. */
export function issuerRoutes({ issuer, sessions, secret, ways, now }: IssuerRoutesOptions): readonly Route[] {
  const attempts = new SignedCookie({
    ...{ name: "lapse_sign_in", schema: attemptSchema, path: "/session", secret, now },
    milliseconds: 600_000,
  });

  async function complete(request: HttpRequest): Promise<HttpResponse> {
    const secure = { secure: isSecure(request) };
    const attempt = attempts.read(header(request, "cookie"));
    const refused = (status: number, fault: string) =>
      pageResponse(signInForm(attempt?.to ?? "/", ways, fault), {
        status,
        headers: { "set-cookie": attempts.clear(secure) },
      });
    if (attempt === undefined) return refused(400, "No sign-in was begun in this browser in the last ten minutes.");
    const person = await issuer.complete(new URLSearchParams(request.query), attempt);
    if ("fault" in person) return refused(400, person.fault);
    const { name, roles } = person;
    if (!roles.includes("read")) return refused(403, `${name} lacks the role read. The people who run lapse give it.`);
    // The attempt's cookie ends by itself; its code and state are used up.
    return seeOther(attempt.to, { "set-cookie": sessions.begin({ person: { ...person, roles: [...roles] } }, secure) });
  }

  return [
    getRoute({
      path: "/session/start",
      access: "open",
      summary: "Leads to the issuer to sign in",
      parameters: z.object({ to: z.string().max(2_000).optional() }),
      responses: { 303: noBody("The way to the issuer, with a cookie that remembers the sign-in.") },
      handle: async ({ to }, request) => {
        const { url, attempt } = await issuer.begin();
        const cookie = attempts.set({ ...attempt, to: pathWithin(to) }, { secure: isSecure(request) });
        return seeOther(url, { "set-cookie": cookie });
      },
    }),
    getRoute({
      path: "/session/callback",
      access: "open",
      summary: "Where the issuer leads back to: begins a session",
      parameters: z.looseObject({ code: z.string().optional(), state: z.string().optional() }),
      responses: {
        303: noBody("The session's cookie, and the way to the page that was asked for."),
        400: text("text/html", "The form again: the response belongs to no sign-in of this browser."),
        403: text("text/html", "The form again: the person lacks the role read."),
      },
      handle: async (_parameters, request) => complete(request),
    }),
  ];
}
