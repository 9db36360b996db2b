import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { json } from "#runtime/http.ts";
import { getRoute, jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import { readPromises } from "#stores/ledger/read-promises.ts";
import type { Alias } from "#stores/models/model-store.ts";
import { readVersions } from "#stores/models/readable.ts";
import type { DeskServices } from "../services.ts";
import { promoteFor, rollBackFor } from "./act.ts";
import { moveShown, shownMove, shownVersion, versionShown } from "./api-schema.ts";
import { comparisonShown, shownComparison } from "./compare/api-schema.ts";
import { comparisonView } from "./compare/view.ts";
import { reasonSchema } from "./move-champion.ts";
import { bySegmentShown, promisesReadShown, shownBySegment, shownPromisesRead } from "./promised/api-schema.ts";
import { promisedBySegment } from "./promised/by-segment.ts";

export const versionName = z.string().min(1).max(64).describe("The name of a version.");

/** Each is read from a file of its own. */
const mostVersions = 60;

const shownAlias = z.object({ version: z.string(), previous: z.string().optional(), since: z.string() });

/** Versions for tools; KServe's protocol has the paths below /v1/models. */
export function modelApi(services: DeskServices): readonly Route[] {
  const { models } = services;
  return [
    getRoute({
      path: "/v1/versions",
      access: "read",
      summary: "Model versions, newest first, and how good each is",
      parameters: z.object({
        limit: z.coerce.number().int().min(1).max(mostVersions).default(mostVersions),
        cursor: versionName.optional().describe("The `next` of the page before."),
      }),
      responses: {
        200: z.object({
          versions: z.array(shownVersion),
          damaged: z.array(z.string()),
          next: z.string().optional().describe("The cursor of the next page; absent where there is none."),
        }),
      },
      handle: async ({ limit, cursor }) => {
        const [champion, challenger, names] = await Promise.all([
          models.alias("champion"),
          models.alias("challenger"),
          models.versions(),
        ]);
        if (cursor !== undefined && !names.includes(cursor))
          throw new InvalidInput(`There is no version ${cursor} to go on after.`);
        const start = cursor === undefined ? 0 : names.indexOf(cursor) + 1;
        const page = names.slice(start, start + limit);
        const { versions, damaged } = await readVersions(page, models);
        const standing = { champion: champion?.version, challenger: challenger?.version };
        const next = start + limit < names.length ? page.at(-1) : undefined;
        return json(200, { versions: versions.map((one) => versionShown(one, standing)), damaged, next });
      },
    }),
    getRoute({
      path: "/v1/moves",
      access: "read",
      summary: "Every move of the champion and the challenger, newest first: from, to, by whom, on what evidence, why",
      parameters: noParameters,
      responses: { 200: z.object({ moves: z.array(shownMove) }) },
      handle: async () => json(200, { moves: (await models.history()).map(moveShown) }),
    }),
    getRoute({
      path: "/v1/comparison",
      access: "read",
      summary: "Two versions by the same users: who is in another class of risk, and which is better where",
      description: "Of a sample of users where there are many; `lapse models compare` reads all.",
      parameters: z.object({ a: versionName, b: versionName }),
      responses: { 200: shownComparison },
      handle: async ({ a, b }, { caller }) => {
        const { byUser } = await comparisonView(a, b, caller?.name, services);
        if (typeof byUser === "string") throw new InvalidInput(byUser);
        return json(200, comparisonShown(byUser));
      },
    }),
    getRoute({
      path: "/v1/promises",
      access: "read",
      summary: "What lists promised, and what happened, by month and version",
      parameters: noParameters,
      responses: { 200: shownPromisesRead },
      handle: async () => json(200, promisesReadShown(await readPromises(services))),
    }),
    getRoute({
      path: "/v1/promises/segments",
      access: "read",
      summary: "The same by risk, segment and arm of campaigns",
      parameters: noParameters,
      responses: { 200: shownBySegment },
      handle: async () => json(200, bySegmentShown(await promisedBySegment(services))),
    }),
    jsonRoute({
      path: "/v1/versions/:version/promote",
      access: "operate",
      summary: "Puts a version into service, even if training decided against it",
      parameters: z.object({ version: versionName }),
      bodyLimit: 16_384,
      typed: true,
      body: z.strictObject({ reason: reasonSchema }),
      responses: { 200: shownAlias },
      conflict: "Another version was put into service meanwhile.",
      handle: async ({ reason }, { version }, request) =>
        json(200, aliasShown(await promoteFor(version, reason, request, services))),
    }),
    jsonRoute({
      path: "/v1/rollback",
      access: "operate",
      summary: "Puts the version that served before back into service",
      parameters: noParameters,
      bodyLimit: 16_384,
      typed: true,
      body: z.strictObject({ reason: reasonSchema }),
      responses: { 200: shownAlias },
      conflict: "Another version was put into service meanwhile.",
      handle: async ({ reason }, _parameters, request) =>
        json(200, aliasShown(await rollBackFor(reason, request, services))),
    }),
  ];
}

function aliasShown({ version, previous, movedAt }: Alias): z.infer<typeof shownAlias> {
  return { version, ...(previous !== undefined && { previous }), since: movedAt };
}
