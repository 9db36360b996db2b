import type { HttpRequest } from "#runtime/http.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { type Recorder, recorderOf } from "#stores/audit/recorder.ts";
import type { DeskServices } from "./services.ts";

/** Records what a person or tool does by the desk. */
export function deskRecorder(
  request: Pick<HttpRequest, "caller" | "address">,
  { audit, now, newId }: Pick<DeskServices, "audit" | "now" | "newId">,
): Recorder {
  return recorderOf({ audit, actor: whoIs(request), newId, now });
}

/** Who makes a request, and by what, as the audit has it. */
export function whoIs({
  caller,
  address = "unknown",
}: Pick<HttpRequest, "caller" | "address">): Pick<AuditEntry, "who" | "from"> {
  if (caller === undefined) return { who: "someone on this machine", from: `${address}, by the desk` };
  const { name, by, id } = caller;
  return { who: name.slice(0, 1_000), from: `${address}, by the desk with ${by} ${id}`.slice(0, 1_000) };
}
