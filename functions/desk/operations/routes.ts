import * as z from "zod";
import { pageResponse } from "#pages/page-response.ts";
import { formRoute, seeOther } from "#runtime/form-route.ts";
import { empty, json } from "#runtime/http.ts";
import { getRoute, jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import { noBody, text } from "#runtime/route-description.ts";
import { auditEntry } from "#stores/audit/audit.ts";
import { unreadableName } from "#stores/unreadable-documents.ts";
import type { DeskServices } from "../services.ts";
import { ownHistory } from "./history.ts";
import { historyShown, shownHistory } from "./history-schema.ts";
import { actOnLetter, letterActs } from "./letters.ts";
import { renderOperations } from "./page.ts";
import { operationsView, shownAudit } from "./view.ts";

const letterId = z.string().min(1).max(64).describe("The id of a dead letter.");

const shownLetter = z.object({
  id: z.string(),
  recorded_at: z.string(),
  type: z.string(),
  source: z.string(),
  destination: z.string().optional(),
  status: z.int().optional(),
  answer: z.string().optional(),
});

const unreadableShown = z
  .object({
    entries: z.int().min(1),
    named: z.array(z.string()).describe("The first of them, by the file or index and the place in it."),
    problem: z.string().describe("What is wrong with the first."),
  })
  .describe("Entries among these that are damaged and not shown; absent if there are none.");

/** The page of operations, and the same for tools. */
export function operationsRoutes(services: DeskServices): readonly Route[] {
  return [
    getRoute({
      path: "/operations",
      access: "read",
      summary: "What ran, what runs next, and what needs a person",
      parameters: noParameters,
      responses: { 200: text("text/html", "Last results, dead letters, and who did what.") },
      handle: async (_parameters, request) => pageResponse(renderOperations(await operationsView(request, services))),
    }),
    formRoute({
      path: "/operations/dead-letters",
      access: "operate",
      summary: "Sends the event of a dead letter again, or drops it",
      parameters: noParameters,
      body: z.object({ id: letterId, act: z.enum(letterActs) }),
      responses: { 303: noBody("To the page of operations.") },
      handle: async ({ id, act }, _parameters, request) => {
        await actOnLetter(id, act, request, services);
        return seeOther("/operations");
      },
    }),
    getRoute({
      path: "/v1/dead-letters",
      access: "read",
      summary: "Events that no function took, newest first",
      parameters: noParameters,
      responses: { 200: z.object({ dead_letters: z.array(shownLetter) }) },
      handle: async () => {
        const letters = (await services.deadLetters.list()).map(
          ({ id, recordedAt, event: { type, source }, destination, status, answer }) => ({
            ...{ id, recorded_at: new Date(recordedAt).toISOString(), type, source, destination, status, answer },
          }),
        );
        return json(200, { dead_letters: letters });
      },
    }),
    jsonRoute({
      path: "/v1/dead-letters/:id",
      access: "operate",
      summary: "Sends the event of a dead letter again, or drops it",
      parameters: z.object({ id: letterId }),
      bodyLimit: 1_024,
      typed: true,
      body: z.strictObject({ act: z.enum(letterActs) }),
      responses: { 204: noBody("Done.") },
      handle: async ({ act }, { id }, request) => {
        await actOnLetter(id, act, request, services);
        return empty(204);
      },
    }),
    getRoute({
      path: "/v1/runs",
      access: "read",
      summary: "What functions did lately, how far users have drifted, and how many actions were refused",
      parameters: noParameters,
      responses: { 200: shownHistory },
      handle: async () => json(200, historyShown(await ownHistory(services))),
    }),
    getRoute({
      path: "/v1/audit",
      access: "operate",
      summary: "Who did what, newest first",
      parameters: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
      responses: { 200: z.object({ entries: z.array(auditEntry), unreadable: unreadableShown.optional() }) },
      handle: async ({ limit }) => {
        const { entries, unreadable } = await shownAudit(services, limit);
        const shown = unreadable && {
          entries: unreadable.documents,
          named: unreadable.named.map(unreadableName),
          problem: unreadable.problem,
        };
        return json(200, { entries, unreadable: shown });
      },
    }),
  ];
}
