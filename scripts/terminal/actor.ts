import { hostname } from "node:os";
import type { Actor } from "#stores/audit/recorder.ts";

/**
 * The user of the operating system who called the command, unless LAPSE_USER says who it is: in a pod every command runs as
 * the same user.
 */
export function actorOf({ LAPSE_USER }: { readonly LAPSE_USER?: string | undefined }, user: string): Actor {
  return { who: LAPSE_USER ?? user, from: `${hostname()}, by command` };
}
