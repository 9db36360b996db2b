import type { Registry } from "prom-client";
import type { Logger } from "../logging.ts";
import { accessMetrics } from "../metrics/access.ts";
import { accessGate, type Refused, type SessionCredentials } from "./access-gate.ts";
import type { AccessSettings } from "./access-settings.ts";
import type { Gate } from "./gate.ts";
import { KeyUsesFile } from "./key-uses.ts";
import { Keyring } from "./keyring.ts";
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
  /** Of a process that has pages for people. */
  readonly sessionsOf?: ((keys: Keyring) => SessionCredentials) | undefined;
}

export interface OpenAccess {
  readonly gate: Gate;
  /** Undefined if no keys are taken. */
  readonly keys: Keyring | undefined;
  /** Whether everybody must say who they are. */
  isOn(): Promise<boolean>;
  /** Told of a request that another gate did not let in. */
  refused(refused: Refused): void;
  /** Writes what has not been written yet. */
  close(): Promise<void>;
}

/** Access to a pod, behind Knative's proxy; undefined if nothing is set, and everybody is let in. */
export async function podAccess(
  settings: AccessSettings,
  surroundings: AccessSurroundings,
): Promise<OpenAccess | undefined> {
  const { KEYS_FILE: keysFile, OIDC_ISSUER: issuer } = settings;
  if (keysFile === undefined && issuer === undefined) return undefined;
  return openAccess(settings, { keysFile, isAlwaysOn: true, isBehindProxy: true }, surroundings);
}

/** Throws InvalidInput if the file of keys is damaged. */
export async function openAccess(
  settings: AccessSettings,
  { keysFile, isAlwaysOn, usesFile, isBehindProxy, sessionsOf }: AccessPlace,
  surroundings: AccessSurroundings,
): Promise<OpenAccess> {
  const { logger, now } = surroundings;
  const keys = keysFile === undefined ? undefined : await Keyring.open({ path: keysFile, logger, now });
  const metrics = accessMetrics(surroundings.metrics);
  const refusals = new Refusals({ ...surroundings, isBehindProxy });
  const uses = usesFile === undefined ? undefined : new KeyUsesFile(usesFile, logger);
  const isOn = async () => isAlwaysOn || (await keys?.isThere()) === true;
  const refused = (one: Refused) => {
    metrics.refused(one.role ?? "none", one.reason);
    refusals.refused(one);
  };
  const gate = accessGate({
    isOn,
    keys,
    tokens: tokensOf(settings, now),
    sessions: keys && sessionsOf?.(keys),
    refused,
    used: ({ by, id }) => {
      if (by === "token") return;
      metrics.used(id, now());
      uses?.used(id, now());
    },
  });
  const close = async () => {
    await refusals.flush();
    await uses?.flush();
  };
  return { gate, keys, isOn, refused, close };
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
