import type { Route } from "../route.ts";
import type { SessionCredentials } from "./access-gate.ts";
import type { AccessSettings } from "./access-settings.ts";
import type { Keyring } from "./keyring.ts";

/** How people, who use a browser, say who they are: what a function with pages adds to keys and tokens. */
export interface PeopleAccess {
  readonly credentials: SessionCredentials;
  /** Where they sign in and out. */
  readonly routes: readonly Route[];
}

export interface PeopleOptions {
  readonly settings: AccessSettings;
  /** Undefined if no keys are taken. */
  readonly keys: Keyring | undefined;
  /** Signs sessions: at least 32 random bytes. */
  readonly secret: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type MakePeopleAccess = (options: PeopleOptions) => PeopleAccess;
