import { empty } from "#runtime/http.ts";
import { jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import { noBody } from "#runtime/route-description.ts";
import type { Audit } from "#stores/audit/audit.ts";
import { importEntry, importedLog } from "#stores/audit/import-entry.ts";

export interface ImportServices {
  readonly audit: Pick<Audit, "append">;
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Takes what became of the lines of a log, whose actions were sent before: `lapse import` tells it at its end. */
export function importRoute({ audit, newId, now }: ImportServices): Route {
  return jsonRoute({
    path: "/v1/imports",
    access: "send",
    summary: "Takes the account of a log that was imported: how many lines were stored, and how many left out, and why",
    parameters: noParameters,
    bodyLimit: 65_536,
    typed: true,
    body: importedLog,
    responses: { 204: noBody("It is on the page of operations.") },
    handle: async (log, _parameters, { caller }) => {
      const who = caller === undefined ? "someone on this machine" : caller.name.slice(0, 1_000);
      await audit.append(importEntry(log, { id: newId(), at: now(), actor: { who, from: "lapse import" } }));
      return empty(204);
    },
  });
}
