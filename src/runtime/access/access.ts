/**
 * What a caller may do: send actions, ask for predictions, read pages and metrics, operate lapse (run functions, send any
 * event to the broker). No role contains another.
 */
export const roles = ["send", "predict", "read", "operate"] as const;

export type Role = (typeof roles)[number];

/**
 * Who may call a route: callers with a role; anyone (`open`), for probes and for what holds no data; or the Broker alone
 * (`broker`), which the cluster sees to: the function is cluster-local, and a key has no place in a Trigger. Where Knative
 * authenticates events, the Broker shows a token (EVENTS_ISSUER).
 */
export type Access = Role | "open" | "broker";

/** Who makes a request, as far as lapse knows. */
export interface Caller {
  /** The key's name, or the token's subject; of a person their address with it. */
  readonly name: string;
  /** The key's id, or the token's issuer. */
  readonly id: string;
  /** A key or a token in a header; in a browser a session that was begun with a key, or by signing in at the issuer. */
  readonly by: "key" | "session" | "token" | "sign-in";
  readonly roles: readonly Role[];
}
