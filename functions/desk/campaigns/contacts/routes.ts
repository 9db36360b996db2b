import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { correctionPage, correctionResponses } from "#pages/correction-page.ts";
import { pageResponse } from "#pages/page-response.ts";
import { formRoute, seeOther } from "#runtime/form-route.ts";
import type { Route } from "#runtime/route.ts";
import { noBody, text } from "#runtime/route-description.ts";
import { uploadedFile, uploadRoute } from "#runtime/upload-route.ts";
import type { Contact } from "#stores/contacts/contact-store.ts";
import { oneCampaign } from "../api-schema.ts";
import { requireCampaign } from "../result/view.ts";
import type { CampaignsServices } from "../services.ts";
import { contactLines, readLines } from "./contact-lines.ts";
import { fileText } from "./file-text.ts";
import { takeContacts } from "./take-contacts.ts";
import { renderTaken } from "./taken-page.ts";

const bodyLimit = 16 * 1024 * 1024;
/** Ticked where the users want no contact. */
const optOut = z.literal("yes").optional();
const corrected = { title: "Say who was contacted", section: "/campaigns", submit: "Record" } as const;

/** The forms of a campaign's page that say who was contacted. */
export function contactRoutes(services: CampaignsServices): readonly Route[] {
  return [
    formRoute({
      path: "/campaigns/:id/contacts",
      access: "operate",
      summary: "Takes contacts that a person pastes",
      parameters: oneCampaign,
      bodyLimit,
      body: z.object({ contacts: z.string().min(1, "takes at least one user"), opt_out: optOut }),
      responses: { 303: noBody("To the page of the campaign."), ...correctionResponses },
      refused: correctionPage({
        ...{ ...corrected, method: "post" },
        labels: { contacts: "One user a line, or a table with a heading: user, time, channel" },
        back: ({ path }) => path.replace(/\/contacts$/, ""),
      }),
      handle: async ({ contacts, opt_out }, { id }, request) => {
        await requireCampaign(id, services);
        const lines = contactLines(contacts, services.now(), services.oldest());
        await takeContacts(sorted(lines, id, opt_out), request, services);
        return seeOther(`/campaigns/${id}`);
      },
    }),
    uploadRoute({
      path: "/campaigns/:id/contacts/file",
      access: "operate",
      summary: "Takes contacts from a file that a person chooses",
      description: "Lines that cannot be read are left out, and told of on the page that follows.",
      parameters: oneCampaign,
      bodyLimit,
      body: z.object({ file: uploadedFile.optional(), opt_out: optOut }),
      responses: {
        200: text(
          "text/html",
          "What was left out of the file, and why, and from which of several columns the users were read.",
        ),
        303: noBody("To the page of the campaign, where there is nothing to tell."),
        ...correctionResponses,
      },
      refused: correctionPage({
        ...{ ...corrected, method: "upload" },
        labels: {},
        back: ({ path }) => path.replace(/\/contacts\/file$/, ""),
      }),
      handle: async ({ file, opt_out }, { id }, request) => {
        const { name } = await requireCampaign(id, services);
        if (file === undefined) throw new InvalidInput("No file was chosen.");
        const { contacts, ...read } = readLines(fileText(file.bytes), services.now(), services.oldest());
        const [first] = read.left;
        if (contacts.length === 0)
          throw new InvalidInput(
            first === undefined
              ? "There is no user in the file below its heading."
              : `No line of the file can be taken. Line ${first.number}: ${first.fault}`,
          );
        const taken = await takeContacts(sorted(contacts, id, opt_out), request, services);
        if (first === undefined && read.users.length < 2) return seeOther(`/campaigns/${id}`);
        return pageResponse(renderTaken({ reader: request.caller?.name, campaign: { id, name }, taken, ...read }));
      },
    }),
  ];
}

/** Lines as contacts of the campaign, or as users who want none. */
function sorted(lines: readonly Contact[], campaignId: string, isOptOut: "yes" | undefined) {
  return isOptOut === "yes"
    ? { contacts: [], optOuts: lines }
    : { contacts: lines.map((line) => ({ ...line, campaignId })), optOuts: [] };
}
