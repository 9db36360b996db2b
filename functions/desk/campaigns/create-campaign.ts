import { armOf, fewestContacts, fewestUsers, leastShare } from "#churn/campaign/arm.ts";
import type { Arm, Assignment, Campaign } from "#churn/campaign/campaign.ts";
import type { Candidate } from "#churn/campaign/candidate.ts";
import type { Suppression } from "#churn/campaign/suppress.ts";
import { InvalidInput } from "#churn/failure.ts";
import type { CampaignStore, StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import type { ContactStore } from "#stores/contacts/contact-store.ts";
import { describeSuppressed, freeToContact } from "./free-to-contact.ts";
import { knownNames } from "./known-from-actions.ts";

export interface CampaignPlan
  extends Pick<
    Campaign,
    "id" | "name" | "audience" | "order" | "controlShare" | "windowDays" | "costPerContact" | "incentive"
  > {
  readonly createdBy: string;
  /** No one is taken who was contacted, or in the treatment of a campaign that was frozen, within this many days. */
  readonly restDays: number;
  /** How many users to take; undefined for all. */
  readonly top?: number | undefined;
  /** How many can be contacted: the list ends before a user who would be one too many. Undefined for any number. */
  readonly mostContacts?: number | undefined;
}

export interface CampaignServices {
  readonly campaigns: CampaignStore;
  readonly contacts: Pick<ContactStore, "statesOf">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface CreatedCampaign {
  /** It tells too whether the list ended at the most contacts that can be made, though more users fit. */
  readonly campaign: StoredCampaign;
  /** How many users were left out, and why. */
  readonly suppressed: ReadonlyMap<Suppression, number>;
}

/**
 * Freezes an audience: takes candidates, who come in arrays, in their order, leaves out who may not be contacted, and divides the others into
 * arms. Throws CampaignExists, InvalidInput where no one is left or one arm would be empty, or UsersTaken where another
 * campaign that is created at the same time has taken some of them; then no campaign is kept.
 */
export async function createCampaign(
  { restDays, top = Number.POSITIVE_INFINITY, mostContacts = Number.POSITIVE_INFINITY, ...plan }: CampaignPlan,
  candidates: AsyncIterable<readonly Candidate[]>,
  { campaigns, contacts, now }: CampaignServices,
): Promise<CreatedCampaign> {
  const at = now();
  const campaign: Campaign = {
    ...plan,
    restDays,
    outcomes: [],
    covariates: [...knownNames],
    startsAt: at,
    lastAssignedAt: at,
    createdAt: at,
  };
  const suppressed = new Map<Suppression, number>();
  const sizes = { treatment: 0, control: 0 };
  let taken = 0;
  let isCapped = false;
  await campaigns.create(campaign);
  try {
    const rest = { restDays, at };
    for await (const free of freeToContact(candidates, rest, { campaigns, contacts }, suppressed)) {
      const wanted = free.slice(0, top - taken).map((candidate) => assignmentOf(candidate, campaign));
      // Arms are drawn by chance, so that only here is it known how many of a list are to be contacted.
      const next = withAtMost(wanted, mostContacts - sizes.treatment);
      isCapped = next.length < wanted.length;
      await campaigns.assign(campaign, next);
      taken += next.length;
      for (const { arm } of next) sizes[arm] += 1;
      if (isCapped || taken >= top) break;
    }
    if (taken === 0) throw new InvalidInput(noOne(suppressed));
    for (const arm of ["treatment", "control"] as const)
      if (sizes[arm] === 0)
        throw new InvalidInput(noneIn(arm, taken, plan.controlShare, isCapped ? mostContacts : undefined));
    const frozen = await campaigns.freezeAlone(campaign.id, Object.fromEntries(suppressed), isCapped);
    return { campaign: frozen, suppressed };
  } catch (error) {
    await campaigns.remove(campaign.id).catch(() => undefined);
    throw error;
  }
}

/** The first assignments, as long as at most `contacts` of them are in the treatment. */
function withAtMost(assignments: readonly Assignment[], contacts: number): readonly Assignment[] {
  let treated = 0;
  const end = assignments.findIndex(({ arm }) => arm === "treatment" && ++treated > contacts);
  return end === -1 ? assignments : assignments.slice(0, end);
}

function assignmentOf(
  { userId, probability, value, silence, tenure, activeDays }: Candidate,
  campaign: Campaign,
): Assignment {
  return {
    userId,
    arm: armOf(campaign.id, userId, campaign.controlShare),
    assignedAt: campaign.startsAt,
    probability,
    value,
    covariates: [silence, tenure, activeDays].map((number) => number ?? Number.NaN),
    outcomes: [],
  };
}

function noOne(suppressed: ReadonlyMap<Suppression, number>): string {
  return suppressed.size === 0
    ? "There is no user to contact: none who is here has a score that fits."
    : `There is no user to contact: all that fit are left out (${describeSuppressed(suppressed)}).`;
}

/** Without users in both arms, there would never be a result. */
function noneIn(arm: Arm, users: number, controlShare: number, capacity: number | undefined): string {
  const none = `Nothing could be compared: of ${users === 1 ? "the one user" : `the ${users.toLocaleString("en")} users`} who may be contacted, none is`;
  if (capacity !== undefined) return `${none} in the control group. ${raised(capacity, controlShare)}`;
  const which = arm === "control" ? "in the control group" : "to be contacted";
  const least = leastShare(users);
  const share =
    least === undefined
      ? ""
      : `, or of ${users.toLocaleString("en")} users a control share of ${arm === "control" ? `at least ${percent(least)}` : `at most ${percent(1 - least)}`}`;
  return `${none} ${which}. With a control share of ${percent(controlShare)}, take at least ${fewestUsers(controlShare).toLocaleString("en")} users${share}.`;
}

/** More users do not help where the capacity ends the list: it has as many to contact as it allows, and no control group. */
function raised(capacity: number, controlShare: number): string {
  const least = Math.max(fewestContacts(controlShare), capacity + 1);
  return `The list ended at the capacity of ${capacity === 1 ? "1 contact" : `${capacity.toLocaleString("en")} contacts`}: raise it to at least ${least.toLocaleString("en")}.`;
}

function percent(share: number): string {
  return `${(100 * share).toLocaleString("en", { maximumSignificantDigits: 3 })} %`;
}
