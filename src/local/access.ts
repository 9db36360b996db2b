import { join } from "node:path";
import { deskPeople } from "#functions/desk/sign-in/people.ts";
import type { AccessSettings } from "#runtime/access/access-settings.ts";
import { type Gate, inTurn } from "#runtime/access/gate.ts";
import { machineGate } from "#runtime/access/machine-gate.ts";
import { type AccessSurroundings, openAccess } from "#runtime/access/open-access.ts";
import type { Route } from "#runtime/route.ts";
import { dataNames } from "#stores/data-folder.ts";

export interface LocalAccessOptions {
  readonly settings: AccessSettings;
  /** Where the keys are, unless the settings name a file of their own. */
  readonly dataDir: string;
  /** Further names of this machine that the Host header may have. */
  readonly hosts: readonly string[];
  /** Whether other machines reach the port: then everybody must say who they are. */
  readonly isReachable: boolean;
  /** Signs sessions: 32 random bytes. */
  readonly secret: Uint8Array;
}

export interface LocalAccess {
  readonly gate: Gate;
  /** Where people sign in and out. */
  readonly routes: readonly Route[];
  /** Whether everybody must say who they are. */
  isOn(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Who may send requests to one process: on a port of this machine alone everyone on it, until there is a file of keys or an
 * issuer of tokens.
 */
export async function localAccess(
  { settings, dataDir, hosts, isReachable, secret }: LocalAccessOptions,
  surroundings: AccessSurroundings,
): Promise<LocalAccess> {
  const keysFile = settings.KEYS_FILE ?? join(dataDir, dataNames.keys);
  const isAlwaysOn = isReachable || settings.KEYS_FILE !== undefined || settings.OIDC_ISSUER !== undefined;
  const access = await openAccess(
    settings,
    {
      keysFile,
      isAlwaysOn,
      usesFile: join(dataDir, dataNames.keyUses),
      isBehindProxy: false,
      people: { make: deskPeople, secret },
    },
    surroundings,
  );
  return {
    // By whatever name a reachable port is reached: a page elsewhere has no key to send.
    gate: inTurn(machineGate(isReachable && hosts.length === 0 ? undefined : hosts, access.refused), access.gate),
    routes: access.routes,
    isOn: () => access.isOn(),
    close: () => access.close(),
  };
}
