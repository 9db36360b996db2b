import * as z from "zod";
import { overAll } from "#churn/campaign/over-all.ts";
import { InvalidInput } from "#churn/failure.ts";
import { header } from "#runtime/headers.ts";
import { json } from "#runtime/http.ts";
import { parseMediaType } from "#runtime/media-type.ts";
import { getRoute, jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import { endedOf } from "#stores/campaigns/known-rate.ts";
import { asksForCsv, csvResponse } from "../csv-response.ts";
import { inPieces } from "../in-pieces.ts";
import { campaignShown, newCampaignBody, oneCampaign, resultShown, shownCampaign, shownResult } from "./api-schema.ts";
import { contactItem, contactsIn, itemsOfJson, mostContacts } from "./contacts/contact-items.ts";
import { linesOfJson } from "./contacts/lines-of-json.ts";
import { takeContacts } from "./contacts/take-contacts.ts";
import { shownTogether, togetherShown } from "./list/together-schema.ts";
import { newCampaignAsked } from "./new-campaign.ts";
import { planRoute } from "./plan/api.ts";
import { audienceJson, audienceLines, usersToContact } from "./result/audience.ts";
import { sendAudience } from "./result/send-audience.ts";
import { campaignView, requireCampaign } from "./result/view.ts";
import type { CampaignsServices } from "./services.ts";
import { startCampaign } from "./start-campaign.ts";

/** Campaigns for tools: list, create, audience, result, contacts. */
export function campaignApi(services: CampaignsServices): readonly Route[] {
  return [
    getRoute({
      path: "/v1/campaigns",
      access: "read",
      summary: "All campaigns, the one created last first, and what those that have ended did together, by month",
      parameters: noParameters,
      responses: { 200: z.object({ campaigns: z.array(shownCampaign), together: shownTogether }) },
      handle: async () => {
        const all = await services.campaigns.campaigns();
        const campaigns = all.map((campaign) => campaignShown(campaign, services.now()));
        return json(200, { campaigns, together: togetherShown(overAll(endedOf(all))) });
      },
    }),
    jsonRoute({
      path: "/v1/campaigns",
      access: "operate",
      summary: "Creates a campaign: freezes a list of users, and divides it into treatment and control",
      parameters: noParameters,
      bodyLimit: 65_536,
      typed: true,
      body: newCampaignBody,
      responses: { 201: shownCampaign },
      conflict: "There is a campaign of this name already, or some of its users were taken by another one meanwhile.",
      handle: async (body, _parameters, request) => {
        const { campaign } = await startCampaign(await newCampaignAsked(body, services), request, services);
        const location = `/v1/campaigns/${campaign.id}`;
        return json(201, campaignShown(campaign, services.now()), { location });
      },
    }),
    getRoute({
      path: "/v1/campaigns/:id",
      access: "read",
      summary: "One campaign",
      parameters: oneCampaign,
      responses: { 200: shownCampaign },
      handle: async ({ id }) => json(200, campaignShown(await requireCampaign(id, services), services.now())),
    }),
    getRoute({
      path: "/v1/campaigns/:id/audience",
      access: "read",
      summary: "The users to contact: the treatment, without who has opted out, in the order of the list",
      description:
        "Those first whom the campaign took first: by the profit of a contact, the value at risk or the probability, as it was asked for; where that is not known, by the value at risk. Streamed: JSON, or with Accept: text/csv or format=csv CSV that is safe to open in a spreadsheet.",
      parameters: oneCampaign.extend({ format: z.enum(["json", "csv"]).optional() }),
      responses: {
        200: {
          description: "The users.",
          content: {
            "application/json": z.object({
              campaign: z.string(),
              users: z.array(
                z.object({
                  user_id: z.string(),
                  probability: z.number().optional(),
                  value: z.number().optional(),
                  because: z.array(z.string()).describe("The reasons of the latest list, the strongest first."),
                }),
              ),
            }),
            "text/csv": z.string(),
          },
        },
      },
      handle: async ({ id, format }, request) => {
        const campaign = await requireCampaign(id, services);
        const isCsv = format === undefined ? asksForCsv(request) : format === "csv";
        const users = usersToContact(campaign, services);
        if (isCsv) return csvResponse(`${id}.csv`, audienceLines(id, users));
        const headers = { "content-type": "application/json; charset=utf-8" };
        return { status: 200, headers, body: "", rest: inPieces(audienceJson(id, users)) };
      },
    }),
    jsonRoute({
      path: "/v1/campaigns/:id/send",
      access: "operate",
      summary: "Sends the users to contact to the webhook: the treatment only, 500 in a message",
      description: "Tells what the Broker has taken; what the receiver refuses is kept as a dead letter.",
      conflict: "Nobody would receive it, so nothing is sent: WEBHOOK_URL is not set, or there is no Broker.",
      parameters: oneCampaign,
      bodyLimit: 1_024,
      typed: true,
      body: z.strictObject({}),
      responses: { 202: z.object({ users: z.int(), parts: z.int() }) },
      handle: async (_body, { id }, request) => json(202, { ...(await sendAudience(id, request, services)) }),
    }),
    getRoute({
      path: "/v1/campaigns/:id/result",
      access: "read",
      summary: "What a campaign did: who left in each arm, the difference with its interval, users kept, the cost",
      parameters: oneCampaign,
      responses: { 200: shownResult },
      handle: async ({ id }) => json(200, resultShown(await campaignView(id, services))),
    }),
    contactsRoute(services),
    planRoute(services),
  ];
}

function contactsRoute(services: CampaignsServices): Route {
  const route = jsonRoute({
    path: "/v1/contacts",
    access: "operate",
    summary: "Takes contacts: what was sent to whom, and who wants nothing sent",
    description: "All are stored, or none. A contact that is known already changes nothing.",
    parameters: noParameters,
    bodyLimit: 16 * 1024 * 1024,
    typed: true,
    // Read by the handler, item by item.
    read: () => undefined,
    body: z.undefined(),
    responses: {
      200: z.object({
        created: z.int(),
        duplicates: z.int(),
        opted_out: z.int(),
        unknown_campaigns: z
          .object({ contacts: z.int(), ids: z.array(z.string()).describe("The first ten.") })
          .optional()
          .describe("Contacts that name a campaign that does not exist: they are stored, but count for no result."),
      }),
    },
    handle: async (_body, _parameters, request) => {
      const isOfLines = isLines(header(request, "content-type"));
      const items = isOfLines ? linesOfJson(request, mostContacts) : itemsOfJson(request);
      const sent = contactsIn(items, services.now(), services.oldest());
      if (sent.contacts.length + sent.optOuts.length === 0) throw new InvalidInput("There is no contact in the body.");
      const taken = await takeContacts(sent, request, services);
      return json(200, { ...taken });
    },
  });
  const body = {
    "application/json": z.union([contactItem, z.array(contactItem).max(mostContacts)]),
    "application/x-ndjson": z.string().describe("A contact as JSON on each line."),
  };
  return { ...route, about: { ...route.about, body } };
}

function isLines(contentType: string | undefined): boolean {
  return ["application/x-ndjson", "application/ndjson"].includes(parseMediaType(contentType)?.name ?? "");
}
