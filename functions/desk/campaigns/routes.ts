import * as z from "zod";
import { correctionPage, correctionResponses } from "#pages/correction-page.ts";
import { missingPage, missingResponses } from "#pages/missing-page.ts";
import { pageResponse } from "#pages/page-response.ts";
import { formRoute, seeOther } from "#runtime/form-route.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { noBody, text } from "#runtime/route-description.ts";
import { mayOperate } from "../may-operate.ts";
import { campaignApi } from "./api.ts";
import { oneCampaign } from "./api-schema.ts";
import { contactRoutes } from "./contacts/routes.ts";
import { renderCampaigns } from "./list/page.ts";
import { campaignsView } from "./list/view.ts";
import { createLabels } from "./plan/create-form.ts";
import { newCampaignForm, newCampaignOf } from "./plan/create-form-schema.ts";
import { planLabels } from "./plan/fields.ts";
import { planForm, withCosts } from "./plan/form.ts";
import { renderPlan } from "./plan/page.ts";
import { planView } from "./plan/view.ts";
import { renderCampaign } from "./result/page.ts";
import { sendAudience } from "./result/send-audience.ts";
import { campaignView } from "./result/view.ts";
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
      responses: {
        200: text("text/html", "The profit by the length of the list, and the form that freezes it for those who may."),
        ...correctionResponses,
      },
      refused: correctionPage({
        ...{ title: "Plan a campaign", section: "/campaigns", method: "get", submit: "Work it out" },
        labels: planLabels,
        back: () => "/campaigns/new",
      }),
      handle: async (form, request) =>
        pageResponse(renderPlan(await planView(withCosts(form, services.costs), services, request))),
    }),
    formRoute({
      path: "/campaigns",
      access: "operate",
      summary: "Creates a campaign from the form",
      parameters: noParameters,
      body: newCampaignForm,
      responses: { 303: noBody("To the page of the campaign."), ...correctionResponses },
      refused: correctionPage({
        ...{ title: "Create the campaign", section: "/campaigns", method: "post", submit: "Create the campaign" },
        labels: { ...createLabels, ...planLabels },
        back: () => "/campaigns/new",
      }),
      handle: async (form, _parameters, request) => {
        const { campaign } = await startCampaign(
          await newCampaignOf(withCosts(form, services.costs), services),
          request,
          services,
        );
        return seeOther(`/campaigns/${campaign.id}`);
      },
    }),
    getRoute({
      path: "/campaigns/:id",
      access: "read",
      summary: "One campaign: its list, its contacts, and its result",
      parameters: oneCampaign.extend({ sent: sentUsers }),
      responses: { 200: text("text/html", "The campaign."), ...missingResponses },
      refused: missingPage("/campaigns", "All campaigns"),
      handle: async ({ id, sent }, request) => {
        const { hasReceiver } = services;
        const reading = { reader: request.caller?.name, mayOperate: mayOperate(request), hasReceiver, sent };
        return pageResponse(renderCampaign(await campaignView(id, services), reading));
      },
    }),
    formRoute({
      path: "/campaigns/:id/send",
      access: "operate",
      summary: "Sends the users to contact to the webhook",
      parameters: oneCampaign,
      body: z.object({}),
      responses: { 303: noBody("To the page of the campaign."), ...correctionResponses },
      refused: correctionPage({
        ...{ title: "Send the list to the webhook", section: "/campaigns", method: "post", submit: "Send it" },
        labels: {},
        back: ({ path }) => path.replace(/\/send$/, ""),
      }),
      handle: async (_form, { id }, request) => {
        const { users } = await sendAudience(id, request, services);
        return seeOther(`/campaigns/${id}?sent=${users}`);
      },
    }),
    ...contactRoutes(services),
    ...campaignApi(services),
  ];
}

/** How many users were on the list that was sent just now: where sending it leads to. */
const sentUsers = z
  .string()
  .regex(/^\d{1,9}$/, "must be a whole number")
  .transform(Number)
  .optional();
