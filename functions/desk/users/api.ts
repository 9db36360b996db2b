import * as z from "zod";
import { formatDay } from "#churn/day.ts";
import { riskBases } from "#churn/risk-rule.ts";
import type { Outlook } from "#churn/what-if.ts";
import { type HttpResponse, json } from "#runtime/http.ts";
import { getRoute, type Route } from "#runtime/route.ts";
import { shownAs } from "#runtime/route-description.ts";
import { wholeNumber } from "#runtime/settings.ts";
import { thresholdsOfList } from "#stores/audit/list-thresholds.ts";
import { asksForCsv, csvResponse } from "../csv-response.ts";
import type { DeskServices } from "../services.ts";
import { userLines } from "./export.ts";
import { chosenUsers, cursorParameter, filterOf, orderOf } from "./parameters.ts";
import { readUser } from "./user/view.ts";
import { userJson, userSchema } from "./user-schema.ts";

const mostUsers = 1_000;

const listParameters = chosenUsers.extend({
  limit: shownAs(
    wholeNumber(1, mostUsers).default(100),
    z.int().min(1).max(mostUsers).default(100).describe("Users on a page; a CSV has all."),
  ),
  cursor: cursorParameter,
});

const pageOfUsers = z.object({
  users: z.array(userSchema),
  next: z.string().optional().describe("The cursor of the next page; absent on the last."),
  thresholds: z
    .object({
      at_risk_from: z.number().describe("The probability from which the risk is high; above 1 if no user reaches it."),
      slipping_from: z.number().describe("The probability from which it is medium."),
      by: z
        .enum(riskBases)
        .describe(
          "costs: from there on, contacting a user pays; capacity: no more can be contacted; tenth: what the riskiest tenth reached in training, as no costs are set; no-values: the same, as nothing tells what users are worth.",
        ),
    })
    .optional()
    .describe("By what the list calls users at risk."),
});

const outlook = z.object({
  probability: z.number().optional(),
  state: z.enum(["here", "lapsed"]),
});

const wholeUser = userSchema.partial().extend({
  user_id: z.string(),
  history: z
    .array(
      z.object({
        snapshot: z.string(),
        model_version: z.string(),
        probability: z.number(),
        risk: z.string().optional(),
      }),
    )
    .describe("What was shown of the user, by snapshot."),
  contacts: z.array(z.object({ time: z.string(), campaign: z.string().optional(), channel: z.string().optional() })),
  opted_out: z.boolean(),
  what_if: z.object({ now: outlook, visit: outlook, week_of_silence: outlook }).optional(),
});

/** The list of users, and one of them, for tools. */
export function userApi(services: DeskServices): readonly Route[] {
  return [
    getRoute({
      path: "/v1/users",
      access: "read",
      summary: "The list of users, as of the last scoring",
      description: "Page by page as JSON; with Accept: text/csv all of them, streamed, safe to open in a spreadsheet.",
      parameters: listParameters,
      responses: {
        200: {
          description: "The users chosen.",
          content: { "application/json": pageOfUsers, "text/csv": z.string() },
        },
      },
      async handle({ limit, cursor, ...chosen }, request) {
        const [filter, order] = [filterOf(chosen), orderOf(chosen)];
        if (asksForCsv(request)) return csvResponse("users.csv", userLines(services.users.stream(filter, order)));
        const { users, next } = await services.users.page({ filter, order, limit, cursor });
        const rule = await thresholdsOfList(services.audit, users[0]);
        return json(200, {
          users: users.map(userJson),
          ...(next !== undefined && { next }),
          ...(rule !== undefined && {
            thresholds: { at_risk_from: rule.thresholds.high, slipping_from: rule.thresholds.medium, by: rule.by },
          }),
        });
      },
    }),
    getRoute({
      path: "/v1/users/:user",
      access: "read",
      summary: "What is known of one user",
      parameters: z.object({ user: z.string().max(256) }),
      responses: { 200: wholeUser },
      handle: ({ user }) => wholeUserJson(user, services),
    }),
    getRoute({
      path: "/v1/user",
      access: "read",
      summary: "What is known of one user, by an id that no path can hold, such as a full stop",
      parameters: z.object({ id: z.string().min(1).max(256) }),
      responses: { 200: wholeUser },
      handle: ({ id }) => wholeUserJson(id, services),
    }),
  ];
}

async function wholeUserJson(id: string, services: DeskServices): Promise<HttpResponse> {
  const { userId, listed, shown, contacts, isOptedOut, outlooks } = await readUser(id, services);
  return json(200, {
    ...(listed !== undefined && userJson(listed)),
    user_id: userId,
    history: shown.map(({ snapshot, modelVersion, probability, risk }) => ({
      snapshot: formatDay(snapshot),
      model_version: modelVersion,
      probability,
      risk,
    })),
    contacts: contacts.map(({ time, campaignId, channel }) => ({
      time: new Date(time).toISOString(),
      campaign: campaignId,
      channel,
    })),
    opted_out: isOptedOut,
    ...(outlooks !== undefined && {
      what_if: {
        now: outlookJson(outlooks.now),
        visit: outlookJson(outlooks.visit),
        week_of_silence: outlookJson(outlooks.silence),
      },
    }),
  });
}

function outlookJson(one: Outlook): z.infer<typeof outlook> {
  return "lapsed" in one ? { state: "lapsed" } : { state: "here", probability: one.probability };
}
