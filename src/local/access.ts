import { join } from "node:path";
import { pageHeaders } from "#pages/page-response.ts";
import type { SessionCredentials } from "#runtime/access/access-gate.ts";
import type { AccessSettings } from "#runtime/access/access-settings.ts";
import { type Gate, inTurn } from "#runtime/access/gate.ts";
import type { Keyring } from "#runtime/access/keyring.ts";
import { machineGate } from "#runtime/access/machine-gate.ts";
import { type AccessSurroundings, openAccess } from "#runtime/access/open-access.ts";
import { Sessions } from "#runtime/access/session.ts";
import { signInForm } from "./sign-in/form.ts";
import type { SignInOptions } from "./sign-in/routes.ts";

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
  readonly signIn: SignInOptions | undefined;
  /** Whether everybody must say who they are. */
  isOn(): Promise<boolean>;
  close(): Promise<void>;
}

/** Names of the files in the data folder. */
export const keysFileName = "keys.json";
export const usesFileName = "key-uses.json";

/**
 * Who may send requests to one process: on a port of this machine alone everyone on it, until there is a file of keys or an
 * issuer of tokens.
 */
export async function localAccess(
  { settings, dataDir, hosts, isReachable, secret }: LocalAccessOptions,
  surroundings: AccessSurroundings,
): Promise<LocalAccess> {
  const sessions = new Sessions(secret, surroundings.now);
  const keysFile = settings.KEYS_FILE ?? join(dataDir, keysFileName);
  const isAlwaysOn = isReachable || settings.KEYS_FILE !== undefined || settings.OIDC_ISSUER !== undefined;
  const access = await openAccess(
    settings,
    {
      keysFile,
      isAlwaysOn,
      usesFile: join(dataDir, usesFileName),
      isBehindProxy: false,
      sessionsOf: (keys) => sessionCredentials(sessions, keys),
    },
    surroundings,
  );
  const { keys } = access;
  return {
    // By whatever name a reachable port is reached: a page elsewhere has no key to send.
    gate: inTurn(machineGate(isReachable && hosts.length === 0 ? undefined : hosts, access.refused), access.gate),
    signIn: keys && { keys, sessions },
    isOn: () => access.isOn(),
    close: () => access.close(),
  };
}

function sessionCredentials(sessions: Sessions, keys: Keyring): SessionCredentials {
  return {
    async verify(cookieHeader) {
      const id = sessions.keyIdOf(cookieHeader);
      return id === undefined ? undefined : keys.verifyId(id);
    },
    form(path) {
      const body = signInForm(path);
      return { headers: pageHeaders(body), body };
    },
  };
}
