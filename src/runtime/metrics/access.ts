import { Counter, Gauge, type Registry } from "prom-client";

export interface AccessMetrics {
  /** Counts a request that was not let in, by the role that it needed and why. */
  refused(role: string, reason: string): void;
  /** A request was let in with this key, at this time in milliseconds since the epoch. */
  used(keyId: string, time: number): void;
}

/** Who was not let in, and when each key was last used. */
export function accessMetrics(metrics: Registry): AccessMetrics {
  const refused = new Counter({
    name: "lapse_access_refused_total",
    help: "Requests not let in, by the role that they needed, or none, and by reason: no_credentials, invalid_credentials, missing_role, other_origin, other_host",
    labelNames: ["role", "reason"],
    registers: [metrics],
  });
  const lastUsed = new Gauge({
    name: "lapse_key_last_used_timestamp_seconds",
    help: "When each key was last used since the process started, by the key's id",
    labelNames: ["key"],
    registers: [metrics],
  });
  return {
    refused(role, reason) {
      refused.inc({ role, reason });
    },
    used(key, time) {
      lastUsed.set({ key }, time / 1000);
    },
  };
}
