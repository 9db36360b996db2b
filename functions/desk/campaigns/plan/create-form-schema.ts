import * as z from "zod";
import { knownRate } from "#stores/campaigns/known-rate.ts";
import type { CampaignsServices } from "../services.ts";
import type { NewCampaign } from "../start-campaign.ts";
import { economicsOf, filterOf, planFields } from "./form.ts";

const whole = (what: string) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, what)
    .transform(Number);

/** The form that freezes a list: that of the plan, with what the campaign is. */
export const newCampaignForm = z.object({
  ...planFields,
  name: z.string().trim().min(1, "takes a name").max(200, "takes at most 200 characters"),
  top: whole("takes a whole number of users").refine((top) => top > 0, "takes at least one user"),
  control: z
    .string()
    .regex(/^[0-9]{1,2}(\.[0-9]{1,3})?$/, "takes a percentage such as 20")
    .transform((text) => Number(text) / 100)
    .refine((share) => share > 0, "takes more than 0: without a control group, nothing can be told"),
  window: whole("takes a whole number of days").refine((days) => days > 0 && days <= 3_650, "takes 1 to 3,650 days"),
  rest: whole("takes a whole number of days").refine((days) => days <= 3_650, "takes at most 3,650 days"),
});

/** The campaign that the form asks for: the most worthwhile users first, as the plan reckoned. */
export async function newCampaignOf(
  form: z.output<typeof newCampaignForm>,
  { campaigns, costs }: Pick<CampaignsServices, "campaigns" | "costs">,
): Promise<NewCampaign> {
  return {
    name: form.name,
    filter: filterOf(form),
    order: economicsOf(form, await knownRate(campaigns, form.save_rate)),
    top: form.top,
    // The form begins with what is set, and what is left empty is what is set.
    mostContacts: form.capacity === costs.capacity ? undefined : form.capacity,
    controlShare: form.control,
    windowDays: form.window,
    restDays: form.rest,
    costPerContact: form.cost ?? 0,
    incentive: form.incentive ?? 0,
  };
}
