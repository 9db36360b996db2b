import * as z from "zod";
import { pageResponse } from "#pages/page-response.ts";
import { formRoute, seeOther } from "#runtime/form-route.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { noBody, text } from "#runtime/route-description.ts";
import { campaignApi } from "./api.ts";
import { oneCampaign } from "./api-schema.ts";
import { contactLines } from "./contacts/contact-lines.ts";
import { takeContacts } from "./contacts/take-contacts.ts";
import { renderCampaigns } from "./list/page.ts";
import { campaignsView } from "./list/view.ts";
import { newCampaignForm, newCampaignOf } from "./plan/create-form-schema.ts";
import { planForm } from "./plan/form.ts";
import { renderPlan } from "./plan/page.ts";
import { planView } from "./plan/view.ts";
import { renderCampaign } from "./result/page.ts";
import { campaignView, requireCampaign } from "./result/view.ts";
import type { CampaignsServices } from "./services.ts";
import { startCampaign } from "./start-campaign.ts";

/** The pages of campaigns, and the same for tools. */
export function campaignRoutes(services: CampaignsServices): readonly Route[] {
  return [
    getRoute({
      path: "/campaigns",
      access: "read",
      summary: "All campaigns, and what they kept together",
      parameters: noParameters,
      responses: { 200: text("text/html", "The campaigns, the one created last first.") },
      handle: async (_parameters, { caller }) =>
        pageResponse(renderCampaigns(await campaignsView(services, caller?.name))),
    }),
    getRoute({
      path: "/campaigns/new",
      access: "read",
      summary: "Plans a campaign: how many to contact",
      parameters: planForm,
      responses: { 200: text("text/html", "The profit by the length of the list, and the form that freezes it.") },
      handle: async (form, { caller }) => pageResponse(renderPlan(await planView(form, services, caller?.name))),
    }),
    formRoute({
      path: "/campaigns",
      access: "operate",
      summary: "Creates a campaign from the form",
      parameters: noParameters,
      body: newCampaignForm,
      responses: { 303: noBody("To the page of the campaign.") },
      handle: async (form, _parameters, request) => {
        const { campaign } = await startCampaign(await newCampaignOf(form, services), request, services);
        return seeOther(`/campaigns/${campaign.id}`);
      },
    }),
    getRoute({
      path: "/campaigns/:id",
      access: "read",
      summary: "One campaign: its list, its contacts, and its result",
      parameters: oneCampaign,
      responses: { 200: text("text/html", "The campaign.") },
      handle: async ({ id }, { caller }) =>
        pageResponse(renderCampaign(await campaignView(id, services), caller?.name)),
    }),
    formRoute({
      path: "/campaigns/:id/contacts",
      access: "operate",
      summary: "Takes contacts that a person pastes",
      parameters: oneCampaign,
      bodyLimit: 16 * 1024 * 1024,
      body: z.object({ contacts: z.string().min(1), opt_out: z.literal("yes").optional() }),
      responses: { 303: noBody("To the page of the campaign.") },
      handle: async (form, { id }, request) => {
        await requireCampaign(id, services);
        const lines = contactLines(form.contacts, services.now());
        const taken =
          form.opt_out === "yes"
            ? { contacts: [], optOuts: lines }
            : { contacts: lines.map((line) => ({ ...line, campaignId: id })), optOuts: [] };
        await takeContacts(taken, request, services);
        return seeOther(`/campaigns/${id}`);
      },
    }),
    ...campaignApi(services),
  ];
}
