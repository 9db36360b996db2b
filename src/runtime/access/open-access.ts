import type { Registry } from "prom-client";
import type { Logger } from "../logging.ts";
import { accessMetrics } from "../metrics/access.ts";
import type { Route } from "../route.ts";
import { accessGate, type Credentials, type Refused } from "./access-gate.ts";
import type { AccessSettings, EventAccessSettings } from "./access-settings.ts";
import type { Gate } from "./gate.ts";
import { KeyUsesFile } from "./key-uses.ts";
import { Keyring } from "./keyring.ts";
import type { MakePeopleAccess } from "./people.ts";
import { type RefusalEntry, Refusals } from "./refusals.ts";
import { Tokens } from "./tokens.ts";

/** What access asks of the process. */
export interface AccessSurroundings {
  readonly metrics: Registry;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Adds to the audit. */
  readonly record: (entry: RefusalEntry) => Promise<void>;
}

/** Where a process runs, as far as access is concerned. */
export interface AccessPlace {
  /** The file of keys; undefined if none are taken. */
  readonly keysFile: string | undefined;
  /** Whether everybody must say who they are even while there is no file of keys. */
  readonly isAlwaysOn: boolean;
  /** Where to write when keys are used; undefined if metrics alone tell. */
  readonly usesFile?: string | undefined;
  /** Whether a proxy in front tells the address of the caller. */
  readonly isBehindProxy: boolean;
  /** What the Broker shows; nothing else is taken then. */
  readonly brokerTokens?: Credentials | undefined;
  /** Of a process that has pages for people. */
  readonly people?: PeoplePlace | undefined;
}

/** How people say who they are, and what signs their sessions unless the settings have a secret: at least 32 random bytes. */
export interface PeoplePlace {
  readonly make: MakePeopleAccess;
  readonly secret: Uint8Array;
}

export interface OpenAccess {
  readonly gate: Gate;
  /** Where people sign in and out; none of a process without pages. */
  readonly routes: readonly Route[];
  /** Whether everybody must say who they are. */
  isOn(): Promise<boolean>;
  /** Told of a request that another gate did not let in. */
  refused(refused: Refused): void;
  /** Writes what has not been written yet. */
  close(): Promise<void>;
}

/** Access to a pod, behind Knative's proxy; undefined if nothing is set, and everybody is let in. */
export async function podAccess(
  settings: AccessSettings & EventAccessSettings,
  surroundings: AccessSurroundings,
  people?: PeoplePlace,
): Promise<OpenAccess | undefined> {
  const { KEYS_FILE, OIDC_ISSUER } = settings;
  const brokerTokens = brokerTokensOf(settings, surroundings.now);
  const keysFile = brokerTokens === undefined ? KEYS_FILE : undefined;
  if (keysFile === undefined && OIDC_ISSUER === undefined && brokerTokens === undefined) return undefined;
  const place = { keysFile, isAlwaysOn: true, isBehindProxy: true, brokerTokens, people };
  return openAccess(settings, place, surroundings);
}

/** Throws InvalidInput if the file of keys is damaged. */
export async function openAccess(
  settings: AccessSettings,
  { keysFile, isAlwaysOn, usesFile, isBehindProxy, brokerTokens, people: place }: AccessPlace,
  surroundings: AccessSurroundings,
): Promise<OpenAccess> {
  const { logger, now } = surroundings;
  const keys = keysFile === undefined ? undefined : await Keyring.open({ path: keysFile, logger, now });
  const metrics = accessMetrics(surroundings.metrics);
  const refusals = new Refusals({ ...surroundings, isBehindProxy });
  const uses = usesFile === undefined ? undefined : new KeyUsesFile(usesFile, logger);
  const people = place?.make({ settings, keys, now, secret: secretOf(settings) ?? place.secret });
  const isOn = () => isAlwaysOn || (keys?.isThere() ?? false);
  const refused = (one: Refused) => {
    metrics.refused(one.role ?? "none", one.reason);
    refusals.refused(one);
  };
  const gate = accessGate({
    isOn,
    keys,
    tokens: brokerTokens ?? tokensOf(settings, now),
    isBrokerAsked: brokerTokens !== undefined,
    sessions: people?.credentials,
    refused,
    used: ({ by, id }) => {
      if (by === "token" || by === "sign-in") return;
      metrics.used(id, now());
      uses?.used(id, now());
    },
  });
  const close = async () => {
    await refusals.flush();
    await uses?.flush();
  };
  return { gate, routes: people?.routes ?? [], isOn: async () => isOn(), refused, close };
}

function secretOf({ SESSION_SECRET: secret }: AccessSettings): Uint8Array | undefined {
  return secret === undefined ? undefined : Buffer.from(secret);
}

/** Undefined if no tokens are taken. */
function tokensOf(settings: AccessSettings, now: () => number): Tokens | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = settings;
  if (issuer === undefined || audience === undefined) return undefined;
  return new Tokens({
    issuer,
    audience,
    jwksUrl: settings.OIDC_JWKS_URL,
    rolesClaim: settings.OIDC_ROLES_CLAIM,
    roleMap: settings.OIDC_ROLES,
    algorithms: settings.OIDC_ALGORITHMS,
    cooldownMilliseconds: 30_000,
    clockToleranceSeconds: settings.OIDC_CLOCK_TOLERANCE_SECONDS,
    now,
  });
}

/**
 * Tokens of the cluster's service accounts (Kubernetes, "Service account tokens"): those of one namespace may deliver. Undefined
 * if the Broker is not asked.
 */
function brokerTokensOf(settings: AccessSettings & EventAccessSettings, now: () => number): Tokens | undefined {
  const { EVENTS_ISSUER: issuer, EVENTS_AUDIENCE: audience, EVENTS_NAMESPACE: namespace } = settings;
  if (issuer === undefined) return undefined;
  return new Tokens({
    issuer,
    audience,
    jwksUrl: undefined,
    rolesClaim: "kubernetes.io.namespace",
    // What a function takes from the Broker is one or the other.
    roleMap: new Map([[namespace, ["send", "operate"]]]),
    algorithms: settings.OIDC_ALGORITHMS,
    cooldownMilliseconds: 30_000,
    clockToleranceSeconds: settings.OIDC_CLOCK_TOLERANCE_SECONDS,
    now,
  });
}
