import * as z from "zod";
import { wholeNumber } from "../settings.ts";
import { roles } from "./access.ts";
import { issuerUrl } from "./issuer-url.ts";

/** Signatures that a token may have: none with a shared secret, and never `none`. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

const roleOf = z.enum(roles);

/** Who may send requests. Everybody may, unless KEYS_FILE or OIDC_ISSUER is set. */
export const accessSettings = {
  /** The file of API keys that `lapse keys` writes, mounted from a Secret. */
  KEYS_FILE: z.string().optional(),
  /** Whose tokens are taken, as `iss` has it. */
  OIDC_ISSUER: issuerUrl.optional(),
  /** What a token must be meant for, as `aud` has it. */
  OIDC_AUDIENCE: z.string().optional(),
  /** Where the issuer's keys are, if not where its configuration says. */
  OIDC_JWKS_URL: issuerUrl.optional(),
  /** The claim that holds roles, such as roles, scope or realm_access.roles. */
  OIDC_ROLES_CLAIM: z.string().default("roles"),
  /** What the claim's values mean: `shop=send,analysts=predict+read`. Without it they are the names of roles. */
  OIDC_ROLES: z
    .string()
    .transform(
      (text, context) => parseRoleMap(text) ?? fault(context, `must be VALUE=ROLE[+ROLE],… of ${roles.join(", ")}.`),
    )
    .optional(),
  /** Signatures that are taken. */
  OIDC_ALGORITHMS: z
    .string()
    .default("RS256,PS256,ES256,EdDSA,Ed25519")
    .transform((text) => text.split(",").map((name) => name.trim()))
    .pipe(z.array(z.enum(algorithms, { error: `must be a list of ${algorithms.join(", ")}.` }))),
  /** What lapse is called at the issuer, for people who sign in in a browser; they cannot without it. */
  OIDC_CLIENT_ID: z.string().optional(),
  /** Of a client that has one. */
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** What a sign-in asks the issuer for. */
  OIDC_SCOPE: z.string().default("openid email"),
  /** Where people reach the desk; the issuer leads back to /session/callback there. */
  PUBLIC_URL: issuerUrl.optional(),
  /** Signs the sessions of people: the same text for every pod. Without it a session ends with its process. */
  SESSION_SECRET: z.string().min(32, "must be at least 32 characters, made at random.").optional(),
  /** How much the issuer's clock may differ from ours. */
  OIDC_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 600).default(30),
};

/** Of a function behind the Broker, where Knative authenticates events. Everyone who reaches it may deliver, unless EVENTS_ISSUER is set. */
export const eventAccessSettings = {
  /** Whose tokens the Broker shows: the cluster's own issuer. Nobody else is let in then, with no key and no other token. */
  EVENTS_ISSUER: issuerUrl.optional(),
  /** What they must be meant for: the `audience` in the Triggers. */
  EVENTS_AUDIENCE: z.string().default("lapse"),
  /** The namespace whose service accounts may deliver, which is that of the Triggers. */
  EVENTS_NAMESPACE: z.string().default("lapse"),
};

const accessSettingsSchema = z.object(accessSettings);
const eventAccessSettingsSchema = z.object(eventAccessSettings);

export type AccessSettings = z.infer<typeof accessSettingsSchema>;
export type EventAccessSettings = z.infer<typeof eventAccessSettingsSchema>;

/** Adds what must hold between settings of access. */
export function withAccessRules<Schema extends z.ZodType<AccessSettings>>(schema: Schema): Schema {
  return schema
    .refine(({ OIDC_ISSUER, OIDC_AUDIENCE }) => OIDC_ISSUER === undefined || OIDC_AUDIENCE !== undefined, {
      path: ["OIDC_AUDIENCE"],
      error: "is needed with OIDC_ISSUER: a token for another service must not open this one.",
      when: () => true,
    })
    .refine(({ OIDC_CLIENT_ID, OIDC_ISSUER }) => OIDC_CLIENT_ID === undefined || OIDC_ISSUER !== undefined, {
      path: ["OIDC_ISSUER"],
      error: "is needed with OIDC_CLIENT_ID: people sign in there.",
      when: () => true,
    })
    .refine(({ OIDC_CLIENT_ID, PUBLIC_URL }) => OIDC_CLIENT_ID === undefined || PUBLIC_URL !== undefined, {
      path: ["PUBLIC_URL"],
      error: "is needed with OIDC_CLIENT_ID: the issuer leads people back to it.",
      when: () => true,
    });
}

type RoleMap = ReadonlyMap<string, readonly z.infer<typeof roleOf>[]>;

/** `a=send,b=predict+read`; undefined if it is not of that form. */
function parseRoleMap(text: string): RoleMap | undefined {
  const map = new Map<string, readonly z.infer<typeof roleOf>[]>();
  for (const part of text.split(",")) {
    const split = part.lastIndexOf("=");
    const named = z.array(roleOf).safeParse(
      part
        .slice(split + 1)
        .trim()
        .split("+"),
    );
    const value = part.slice(0, Math.max(split, 0)).trim();
    if (value === "" || !named.success) return undefined;
    map.set(value, [...(map.get(value) ?? []), ...named.data]);
  }
  return map;
}

function fault(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}
