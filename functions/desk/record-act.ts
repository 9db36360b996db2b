import type { HttpRequest } from "#runtime/http.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import type { DeskServices } from "./services.ts";

/** Adds to the audit what a person or tool has just done by the desk. Throws StoreUnavailable if it may not have been added. */
export async function recordAct(
  act: Pick<AuditEntry, "action" | "target" | "reason" | "details">,
  request: Pick<HttpRequest, "caller">,
  { audit, now, newId }: Pick<DeskServices, "audit" | "now" | "newId">,
): Promise<void> {
  await audit.append({ id: newId(), at: now(), ...whoIs(request), ...act });
}

/** Who makes a request, and by what, as the audit has it. */
export function whoIs({ caller }: Pick<HttpRequest, "caller">): Pick<AuditEntry, "who" | "from"> {
  if (caller === undefined) return { who: "someone on this machine", from: "the desk" };
  return { who: caller.name.slice(0, 1_000), from: `the desk, by ${caller.by} ${caller.id}`.slice(0, 1_000) };
}
