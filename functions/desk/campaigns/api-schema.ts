import * as z from "zod";
import { endOf } from "#churn/campaign/campaign.ts";
import type { Estimate } from "#churn/statistics/estimate.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { stateOf } from "./list/view.ts";
import { usualControlShare, usualRest } from "./plan/by-profit.ts";
import { costOf } from "./result/cost.ts";
import type { CampaignView } from "./result/view.ts";

const sizes = z.object({ treatment: z.int(), control: z.int() });
const time = z.iso.datetime();
/** A number with its interval and its standard error. */
export const estimate = z.object({ value: z.number(), low: z.number(), high: z.number(), error: z.number() });
const shownEstimate = estimate.describe(
  "With its interval, of 95 % at all looks at this outcome together, or for the only look where outcomes came with a file, and its standard error.",
);
const share = z.number().min(0).max(1);

/** The part of a path that names a campaign. */
export const oneCampaign = z.object({ id: z.string().min(1).max(64).describe("The campaign's id.") });

export const shownCampaign = z.object({
  id: z.string(),
  name: z.string(),
  audience: z.string().describe("How the users were chosen, in words."),
  state: z.string(),
  created_by: z.string(),
  starts_at: time,
  ends_at: time.describe("When the window of the last user closes."),
  window_days: z.int(),
  control_share: z.number(),
  cost_per_contact: z.number(),
  incentive: z.number(),
  rest_days: z.int().optional(),
  sizes,
  left_out: z.record(z.string(), z.int()).optional().describe("How many users were left out, by the reason."),
  is_capped: z
    .boolean()
    .optional()
    .describe(
      "Whether the list ended because no more can be contacted (most_contacts or CONTACT_CAPACITY), though more users fit.",
    ),
});

/** A campaign as the API shows it. */
export function campaignShown(campaign: StoredCampaign, now: number): z.input<typeof shownCampaign> {
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
  return {
    id: campaign.id,
    name: campaign.name,
    audience: campaign.audience,
    state: stateOf(campaign, now),
    created_by: campaign.createdBy,
    starts_at: iso(campaign.startsAt),
    ends_at: iso(endOf(campaign)),
    window_days: campaign.windowDays,
    control_share: campaign.controlShare,
    cost_per_contact: campaign.costPerContact,
    incentive: campaign.incentive,
    ...(campaign.restDays !== undefined && { rest_days: campaign.restDays }),
    sizes: campaign.sizes,
    ...(campaign.leftOut !== undefined && { left_out: campaign.leftOut }),
    ...(campaign.isCapped !== undefined && { is_capped: campaign.isCapped }),
  };
}

export const shownResult = z.object({
  campaign: shownCampaign,
  is_final: z
    .boolean()
    .describe(
      "Whether all windows have closed; the intervals of an outcome until then, and the one after that, hold at all looks together.",
    ),
  closed: sizes.describe("Users whose window has closed."),
  before_log: sizes.optional().describe("Users whose windows began before the actions that lapse has: not known."),
  unseen: sizes.optional().describe("Users without any action, who count as having left: wrong ids, perhaps."),
  contacts: z.object({
    treatment: z.int(),
    control: z.int(),
    others: z.int(),
    contacted_controls: z.int().describe("Users of the control group who were contacted."),
  }),
  balance: z.object({
    is_mismatch: z.boolean().describe("Whether the sizes of the arms cannot be chance: then trust no result."),
    covariates: z.array(
      z.object({
        name: z.string(),
        treatment: z.number(),
        control: z.number(),
        difference: z.number(),
        is_off: z.boolean(),
      }),
    ),
  }),
  outcomes: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(["share", "amount"]),
      good: z.enum(["more", "less"]),
      sizes,
      treatment: z.number(),
      control: z.number(),
      difference: shownEstimate.optional(),
      adjusted: shownEstimate.optional(),
      save_rate: shownEstimate
        .optional()
        .describe("Of leaving, the share that contacts prevented; only of a final result."),
      gained: shownEstimate.optional().describe("Over all users of the treatment: users kept, or an amount."),
      verdict: z
        .enum(["better", "worse", "open", "too few"])
        .describe("`too few` to tell: of fewer than 30 users in an arm, nothing is told but how the arms fared."),
      detectable: z
        .number()
        .optional()
        .describe("The difference that these sizes tell in 80 of 100 campaigns; only of a final result."),
      more_needed: sizes.optional().describe("Users needed beyond these to tell the difference as it looks."),
    }),
  ),
  cost: z
    .object({
      total: z.number(),
      contacts: z.int(),
      incentives: z.number(),
      net: shownEstimate.optional().describe("Value kept in the windows less cost; only of a final result."),
    })
    .optional(),
});

/** A result as the API shows it. */
export function resultShown(view: CampaignView): z.input<typeof shownResult> {
  const { campaign, result, contacts, now } = view;
  const cost = costOf(campaign, result, contacts);
  return {
    campaign: campaignShown(campaign, now),
    is_final: result.isFinal,
    closed: result.closed,
    ...(result.beforeLog !== undefined && { before_log: result.beforeLog }),
    ...(result.unseen !== undefined && { unseen: result.unseen }),
    contacts: {
      treatment: contacts.treatment,
      control: contacts.control,
      others: contacts.others,
      contacted_controls: contacts.contactedControls,
    },
    balance: {
      is_mismatch: result.balance.isMismatch,
      covariates: result.balance.covariates.map(({ isOff, ...one }) => ({ ...one, is_off: isOff })),
    },
    outcomes: result.outcomes.map(({ saveRate, more, difference, adjusted, gained, ...one }) => ({
      ...one,
      difference: finite(difference),
      adjusted: finite(adjusted),
      save_rate: finite(saveRate),
      gained: finite(gained),
      more_needed: more,
    })),
    ...(cost !== undefined && {
      cost: { total: cost.total, contacts: cost.contacts, incentives: cost.incentives, net: finite(cost.net) },
    }),
  };
}

/** JSON has no numbers that are not finite. */
function finite(one: Estimate | undefined): Estimate | undefined {
  return one !== undefined && Object.values(one).every(Number.isFinite) ? one : undefined;
}

/** What POST /v1/campaigns takes. */
export const newCampaignBody = z.strictObject({
  name: z.string().trim().min(1).max(200),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .optional()
    .describe("From the name by default."),
  state: z.enum(["here", "slipping", "at_risk"]).default("at_risk"),
  min_probability: share.optional(),
  max_probability: share.optional(),
  min_value: z.number().min(0).optional().describe("Of what users were worth in a churn window, lately."),
  max_value: z.number().min(0).optional(),
  min_silence: z.int().min(0).optional().describe("Days since the last action."),
  max_silence: z.int().min(0).optional(),
  min_tenure: z.int().min(0).optional().describe("Days since the first action."),
  max_tenure: z.int().min(0).optional(),
  reason: z.string().min(1).max(100).optional().describe("A group of reasons, such as rhythm."),
  sort: z.enum(["probability", "value_at_risk", "profit"]).default("probability").describe("Who is taken first."),
  top: z.int().min(1).optional().describe("How many users to take, control group included; all by default."),
  most_contacts: z
    .int()
    .min(1)
    .optional()
    .describe("How many can be contacted: the list ends before one more would be. CONTACT_CAPACITY by default."),
  control_share: z.number().min(0.001).max(0.999).default(usualControlShare),
  window_days: z.int().min(1).max(3_650).optional().describe("The churn window by default."),
  rest_days: z.int().min(0).max(3_650).default(usualRest),
  cost_per_contact: z.number().min(0).optional().describe("CONTACT_COST by default, or 0."),
  incentive: z.number().min(0).optional().describe("INCENTIVE by default, or 0."),
  take_up: share
    .optional()
    .describe(
      "For sort=profit: of those who would stay anyway, the share that takes the incentive too; INCENTIVE_TAKE_UP by default, or all.",
    ),
  save_rate: share
    .optional()
    .describe(
      "For sort=profit: SAVE_RATE by default, or as your campaigns have shown; before the first, a guess of 0.1.",
    ),
  worth: z
    .number()
    .min(0)
    .optional()
    .describe("For sort=profit: of any user who stays; USER_WORTH by default, or of each what they were worth."),
  windows: z
    .number()
    .min(0)
    .optional()
    .describe(
      "For sort=profit: for how many churn windows a user who stays is worth as much; not with worth. WORTH_WINDOWS by default, or 1.",
    ),
});
