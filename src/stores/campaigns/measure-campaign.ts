import { type ArmSizes, type Assignment, firstDayOf, isOwn, type MeasuredOutcome } from "#churn/campaign/campaign.ts";
import { closedUntil } from "#churn/campaign/closed-until.ts";
import type { CampaignResult } from "#churn/campaign/result.ts";
import { CampaignTally } from "#churn/campaign/tally.ts";
import { type Day, dayOf } from "#churn/day.ts";
import type { ChurnDefinition } from "#churn/definition.ts";
import { ownHistory } from "#churn/passive.ts";
import { hasChurned } from "#churn/population.ts";
import type { UserHistory } from "#churn/user-history.ts";
import type { ActionStore } from "../actions/action-store.ts";
import type { FeatureStore } from "../features/feature-store.ts";
import { inChunks } from "../in-chunks.ts";
import type { CampaignStore, StoredCampaign } from "./campaign-store.ts";

interface ResultServices {
  readonly actions: Pick<ActionStore, "extent" | "historiesOf">;
  /** Tells what leaving is now, and which actions are passive. */
  readonly features: Pick<FeatureStore, "currentSet">;
  readonly campaigns: Pick<CampaignStore, "assignments">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface MeasureServices extends ResultServices {
  readonly campaigns: Pick<CampaignStore, "assignments" | "recordResult">;
}

/**
 * The result of a campaign, which it records once the windows of all users have closed, as its assignments and the actions will
 * not be kept for ever.
 */
export async function measureCampaign(campaign: StoredCampaign, services: MeasureServices): Promise<CampaignResult> {
  const result = await resultOf(campaign, services);
  if (campaign.result === undefined && campaign.isFrozen && isForGood(result))
    await services.campaigns.recordResult(campaign.id, result);
  return result;
}

/** The result of a campaign: what was recorded when it ended, and until then what can be told now. Changes nothing. */
export async function resultOf(campaign: StoredCampaign, services: ResultServices): Promise<CampaignResult> {
  return campaign.result ?? (await tally(campaign, services));
}

/** Whether a result is to be kept: all windows have closed, and something is known of someone. */
export function isForGood({ isFinal, outcomes }: CampaignResult): boolean {
  return isFinal && outcomes.some(({ sizes }) => sizes.treatment + sizes.control > 0);
}

/** What is read from the actions where nothing was measured elsewhere. */
const fromActions: readonly MeasuredOutcome[] = [
  { name: "left", kind: "share", good: "less" },
  { name: "value", kind: "amount", good: "more" },
];

async function tally(
  campaign: StoredCampaign,
  { actions, features, campaigns, now }: ResultServices,
): Promise<CampaignResult> {
  const assignments = campaigns.assignments(campaign.id);
  if (!isOwn(campaign)) {
    const tally = new CampaignTally(campaign, campaign.outcomes);
    for await (const assignment of assignments) tally.add(assignment, assignment.outcomes);
    return tally.result();
  }
  const counts = new CampaignTally(campaign, fromActions);
  const churn: ChurnDefinition = {
    ...(await features.currentSet())?.definition.churn,
    churnDays: campaign.windowDays,
    leadDays: 0,
    observeDays: campaign.windowDays,
  };
  const extent = await actions.extent(churn.passive);
  const until = extent === undefined ? Number.NEGATIVE_INFINITY : closedUntil(extent.lastDay, dayOf(now()));
  const beforeLog = { treatment: 0, control: 0 };
  const unseen = { treatment: 0, control: 0 };
  let hasValue = false;
  for await (const chunk of inChunks(assignments, chunkSize)) {
    const closed = chunk.filter(({ assignedAt }) => firstDayOf(assignedAt) + campaign.windowDays <= until);
    const inLog = closed.filter(({ assignedAt }) => firstDayOf(assignedAt) >= (extent?.firstDay ?? 0));
    const histories = await historiesIn(inLog, churn, actions);
    if (isFromElsewhere(campaign))
      for (const { arm } of await withoutActions(inLog, histories, actions)) unseen[arm] += 1;
    for (const assignment of chunk) {
      const first = firstDayOf(assignment.assignedAt);
      if (first + campaign.windowDays > until) {
        counts.add(assignment, undefined);
        continue;
      }
      // Where the log has not yet begun, or retention has deleted it, everyone would seem to have left.
      if (first < (extent?.firstDay ?? 0)) {
        beforeLog[assignment.arm] += 1;
        counts.add(assignment, [null, null]);
        continue;
      }
      const history = histories.get(assignment.userId) ?? { userId: assignment.userId, days: [] };
      const value = valueIn(history, first, first + campaign.windowDays);
      hasValue ||= value !== 0;
      const left = hasChurned(history, first, churn) === true ? 1 : 0;
      counts.add(assignment, [left, value]);
    }
  }
  const result = { ...counts.result(), beforeLog: unlessNone(beforeLog), unseen: unlessNone(unseen) };
  return hasValue ? result : { ...result, outcomes: result.outcomes.filter(({ name }) => name !== "value") };
}

/** Users of lapse's own campaigns were on a list, and so have actions. */
function isFromElsewhere({ restDays }: StoredCampaign): boolean {
  return restDays === undefined;
}

/** Those of whom the log has no action at all, neither in their windows (`histories`) nor at another time. */
async function withoutActions(
  assignments: readonly Assignment[],
  histories: ReadonlyMap<string, UserHistory>,
  actions: Pick<ActionStore, "historiesOf">,
): Promise<readonly Assignment[]> {
  const silent = assignments.filter(({ userId }) => !histories.has(userId));
  if (silent.length === 0) return [];
  const seen = await actions.historiesOf(silent.map(({ userId }) => userId));
  return silent.filter(({ userId }) => !seen.has(userId));
}

function unlessNone(sizes: ArmSizes): ArmSizes | undefined {
  return sizes.treatment + sizes.control === 0 ? undefined : sizes;
}

async function historiesIn(
  assignments: readonly Assignment[],
  { churnDays, passive }: ChurnDefinition,
  actions: Pick<ActionStore, "historiesOf">,
): Promise<ReadonlyMap<string, UserHistory>> {
  if (assignments.length === 0) return new Map();
  const days = assignments.map(({ assignedAt }) => firstDayOf(assignedAt));
  const range = {
    from: days.reduce((a, b) => Math.min(a, b)),
    before: days.reduce((a, b) => Math.max(a, b)) + churnDays,
  };
  const found = await actions.historiesOf(
    assignments.map(({ userId }) => userId),
    range,
  );
  return new Map(Array.from(found, ([userId, history]) => [userId, ownHistory(history, passive)]));
}

function valueIn({ days: all }: UserHistory, first: Day, before: Day): number {
  const days = all.filter(({ day }) => day >= first && day < before);
  return days.reduce((sum, { value }) => sum + value, 0);
}

/** Users whose histories are read at a time. */
const chunkSize = 20_000;
