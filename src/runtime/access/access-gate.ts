import { asksForPage } from "../asks-for-page.ts";
import { header } from "../headers.ts";
import { onceThere } from "../once-there.ts";
import type { Caller, Role } from "./access.ts";
import type { Admission, Gate, GateRequest } from "./gate.ts";
import type { Verdict } from "./keyring.ts";
import { problem } from "./problem.ts";

/** Whose a credential is. Throws a Failure if that cannot be told now. */
export interface Credentials {
  verify(text: string): Verdict | Promise<Verdict>;
}

/** A request that was not let in, for metrics and the audit. */
export interface Refused {
  readonly status: 401 | 403 | 421;
  /** What the route needs; undefined where it does not come to that. */
  readonly role: Role | undefined;
  readonly reason: RefusalReason;
  readonly caller: Caller | undefined;
  readonly request: GateRequest;
}

export type RefusalReason = "no_credentials" | "invalid_credentials" | "missing_role" | "other_origin" | "other_host";

export interface AccessGateOptions {
  /** Whether anybody has to say who they are; otherwise every request is let in. */
  readonly isOn: () => boolean | Promise<boolean>;
  /** API keys, which begin with `lapse_`. */
  readonly keys: Credentials | undefined;
  /** Any other bearer token; undefined where none is taken. */
  readonly tokens: Credentials | undefined;
  /** Of people who read pages in a browser; undefined where there are no pages. */
  readonly sessions: SessionCredentials | undefined;
  /** Whether the Broker must say who it is as well; by default the cluster sees to that. */
  readonly isBrokerAsked?: boolean | undefined;
  /** Told of each request that is not let in. */
  readonly refused: (refused: Refused) => void;
  /** Told of each request that is let in with a key. */
  readonly used: (caller: Caller) => void;
}

export interface SessionCredentials {
  /** Undefined for a request without a session. */
  verify(cookieHeader: string | undefined): Promise<Verdict | undefined>;
  /** The page to sign in with, which leads to `path` after that. */
  form(path: string): { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

/** Lets a request in if its bearer token or session has the role that the route needs. */
export function accessGate(options: AccessGateOptions): Gate {
  return {
    admit(request, route) {
      // To deliver an event is to have a function run.
      const access = route === "broker" && options.isBrokerAsked === true ? "operate" : route;
      if (access === "open" || access === "broker") return {};
      return onceThere(options.isOn(), (isOn) =>
        isOn ? onceThere(whoIs(request, options), (shown) => admissionOf(shown, request, access, options)) : {},
      );
    },
  };
}

function admissionOf(
  shown: Verdict | undefined,
  request: GateRequest,
  access: Role,
  options: AccessGateOptions,
): Admission {
  if (shown === undefined) return unknown(request, access, undefined, options);
  if ("fault" in shown) return unknown(request, access, shown.fault, options);
  const { caller } = shown;
  if (!caller.roles.includes(access)) return lacking(request, access, caller, options);
  if ((caller.by === "session" || caller.by === "sign-in") && !isSameOrigin(request)) {
    options.refused({ status: 403, role: access, reason: "other_origin", caller, request });
    return { refusal: problem(403, "A session of the page does not count for a request from another site.") };
  }
  options.used(caller);
  return { caller };
}

/** A bearer token comes before a session: who sends one means it. Undefined without either. */
function whoIs(
  request: GateRequest,
  { keys, tokens, sessions }: AccessGateOptions,
): Verdict | undefined | Promise<Verdict | undefined> {
  const authorization = header(request, "authorization");
  if (authorization === undefined) return sessions?.verify(header(request, "cookie"));
  const token = /^Bearer +([^\s]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) return { fault: "The header Authorization must be: Bearer, a space, and a key or a token." };
  const credentials = token.startsWith("lapse_") ? keys : tokens;
  return credentials === undefined ? { fault: notTaken(keys, tokens) } : credentials.verify(token);
}

function notTaken(keys: Credentials | undefined, tokens: Credentials | undefined): string {
  if (tokens === undefined) return "This is no key of lapse: these begin with lapse_.";
  return keys === undefined ? "Keys are not taken here; send a token." : "This is neither a key nor a token.";
}

/**
 * Whether a browser says that an unsafe request comes from a page of this very server. Without a header that says so it is
 * no browser, or an old one that keeps SameSite.
 */
export function isSameOrigin({ method, headers }: Pick<GateRequest, "method" | "headers">): boolean {
  if (isSafe(method)) return true;
  const site = header({ headers }, "sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const origin = header({ headers }, "origin");
  return origin === undefined || hostOf(origin) === header({ headers }, "host")?.toLowerCase();
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS" || method === "TRACE";
}

/** Host and port of an origin; undefined for `null` and for anything that is not an origin. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function unknown(
  request: GateRequest,
  role: Role,
  fault: string | undefined,
  { refused, sessions }: AccessGateOptions,
): Admission {
  const reason = fault === undefined ? "no_credentials" : "invalid_credentials";
  refused({ status: 401, role, reason, caller: undefined, request });
  // RFC 6750, 3: without credentials there is no error to tell of.
  const challenge = `Bearer realm="lapse"${fault === undefined ? "" : `, error="invalid_token", error_description="${fault}"`}`;
  const headers = { "www-authenticate": challenge };
  if (sessions !== undefined && asksForPage(request)) {
    const { headers: ofForm, body } = sessions.form(request.path);
    return { refusal: { status: 401, headers: { ...ofForm, ...headers }, body } };
  }
  const why = fault ?? "This needs a key or a token.";
  const detail = `${why} Send one with the role ${role}, in the header Authorization: Bearer.`;
  return { refusal: problem(401, detail, { headers, members: { role } }) };
}

function lacking(request: GateRequest, role: Role, caller: Caller, { refused }: AccessGateOptions): Admission {
  refused({ status: 403, role, reason: "missing_role", caller, request });
  const challenge = `Bearer realm="lapse", error="insufficient_scope", scope="${role}"`;
  const has = caller.roles.length === 0 ? "no role" : caller.roles.join(", ");
  return {
    refusal: problem(403, `This needs the role ${role}; ${caller.name} has ${has}.`, {
      headers: { "www-authenticate": challenge },
      members: { role },
    }),
  };
}
