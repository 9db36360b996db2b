import { pageHeaders } from "#pages/page-response.ts";
import type { SessionCredentials } from "#runtime/access/access-gate.ts";
import type { Keyring } from "#runtime/access/keyring.ts";
import type { MakePeopleAccess } from "#runtime/access/people.ts";
import { Sessions } from "#runtime/access/session.ts";
import { type SignInWays, signInForm } from "./form.ts";
import { issuerOf } from "./issuer.ts";
import { issuerRoutes } from "./issuer-routes.ts";
import { signInRoutes } from "./routes.ts";

/** People sign in at an issuer where one is set, or with a key where keys are taken. */
export const deskPeople: MakePeopleAccess = ({ settings, keys, secret, now }) => {
  const sessions = new Sessions(secret, now);
  const issuer = issuerOf(settings);
  const ways = { byKey: keys !== undefined, byIssuer: issuer !== undefined };
  return {
    credentials: sessionCredentials(sessions, keys, ways),
    routes: [
      ...signInRoutes({ keys, sessions, ways }),
      ...(issuer === undefined ? [] : issuerRoutes({ issuer, sessions, secret, ways, now })),
    ],
  };
};

function sessionCredentials(sessions: Sessions, keys: Keyring | undefined, ways: SignInWays): SessionCredentials {
  return {
    async verify(cookieHeader) {
      const session = sessions.sessionOf(cookieHeader);
      if (session === undefined) return undefined;
      if ("key" in session) return keys?.verifyId(session.key);
      const { name, issuer, roles } = session.person;
      return { caller: { name, id: issuer, by: "sign-in", roles } };
    },
    form(path) {
      const body = signInForm(path, ways);
      return { headers: pageHeaders(body), body };
    },
  };
}
