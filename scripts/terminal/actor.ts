import { hostname, userInfo } from "node:os";

/** Who runs a command, and on which machine, as the audit has it. */
export interface Actor {
  readonly who: string;
  readonly from: string;
}

/**
 * The user of the operating system, unless LAPSE_USER says who it is: in a pod every command runs as the same user.
 */
export function actorOf({ LAPSE_USER }: { readonly LAPSE_USER?: string | undefined }): Actor {
  return { who: LAPSE_USER ?? systemUser(), from: `${hostname()}, by command` };
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user that has no name, as in many containers.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
