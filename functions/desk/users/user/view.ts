import type { Arm } from "#churn/campaign/campaign.ts";
import type { Day } from "#churn/day.ts";
import { NotFound } from "#churn/failure.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { ownHistory } from "#churn/passive.ts";
import { riskOf } from "#churn/reasons/reasons.ts";
import type { Risk } from "#churn/score.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { type WhatIf, whatIf } from "#churn/what-if.ts";
import { type ThresholdsThen, thresholdsThen } from "#stores/audit/list-thresholds.ts";
import type { CampaignAssignment, CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { Contact } from "#stores/contacts/contact-store.ts";
import type { RecordedEntry } from "#stores/ledger/ledger.ts";
import { readableManifest } from "#stores/models/readable.ts";
import type { DeskServices } from "../../services.ts";

/** What is known of one user. */
export interface UserView {
  readonly userId: string;
  /** Undefined for a user who came after the last scoring. */
  readonly listed: ListedUser | undefined;
  /** What was shown of the user at each snapshot, in ascending order. */
  readonly shown: readonly ShownScore[];
  /** Undefined where only scores are left of a user. */
  readonly history: UserHistory | undefined;
  readonly contacts: readonly Contact[];
  readonly isOptedOut: boolean;
  /** Campaigns that the user is in and whose window is open. */
  readonly underWay: readonly UnderWay[];
  /** Undefined where there is no model or nothing to predict from. */
  readonly outlooks: WhatIf | undefined;
}

export interface UnderWay {
  readonly campaignId: string;
  readonly name: string;
  readonly arm: Arm;
  /** When the user's window closes, in milliseconds since the epoch. */
  readonly closesAt: number;
}

export interface ShownScore {
  readonly snapshot: Day;
  readonly modelVersion: string;
  readonly probability: number;
  /** Undefined if nothing tells it any more. */
  readonly risk: Risk | undefined;
  /** From which probability on the risk was high on that list; above 1 if no user reached it. */
  readonly threshold: number | undefined;
}

/** Throws NotFound for a user of whom nothing is known. */
export async function readUser(
  userId: string,
  { users, ledger, actions, contacts, campaigns, models, audit, now }: DeskServices,
): Promise<UserView> {
  const [found, entries, histories, sent, states, assignments] = await Promise.all([
    users.get([userId]),
    ledger.lastShown([userId], mostSnapshots),
    actions.historiesOf([userId]),
    contacts.contactsOf(userId),
    contacts.statesOf([userId], 0),
    campaigns.assignmentsOf([userId]),
  ]);
  const listed = found.get(userId);
  const stored = histories.get(userId);
  const shown = entries.get(userId) ?? [];
  if (listed === undefined && stored === undefined && shown.length === 0)
    throw new NotFound(`There is no user ${userId}.`);
  const oldest = shown.reduce((least, { snapshot }) => Math.min(least, snapshot), listed?.snapshot ?? 0);
  const then: ThresholdsThen = shown.length === 0 ? () => undefined : await thresholdsThen(audit, oldest);
  const manifests = await readable([...shown, ...(listed === undefined ? [] : [listed])], models);
  const manifest = listed === undefined ? undefined : manifests.get(listed.modelVersion);
  // What the business does shows no active day.
  const history = stored && ownHistory(stored, manifest?.definition.churn.passive);
  return {
    userId,
    listed,
    shown: shown.flatMap((entry) => shownScore(entry, manifests, then)),
    history,
    contacts: sent,
    underWay: await openOnes(assignments.get(userId) ?? [], campaigns, now()),
    isOptedOut: states.get(userId)?.optedOutAt !== undefined,
    outlooks: history && manifest && listed && whatIf(history, listed.snapshot, manifest),
  };
}

/** A year of nights. */
const mostSnapshots = 366;

async function openOnes(
  assignments: readonly CampaignAssignment[],
  campaigns: Pick<CampaignStore, "campaign">,
  now: number,
): Promise<UnderWay[]> {
  const open = assignments.filter(({ closesAt }) => closesAt > now);
  return Promise.all(
    open.map(async ({ campaignId, arm, closesAt }) => ({
      ...{ campaignId, arm, closesAt },
      name: (await campaigns.campaign(campaignId))?.name ?? campaignId,
    })),
  );
}

/** The manifests of these versions, without those that are gone. */
async function readable(
  scores: readonly { readonly modelVersion: string }[],
  models: Pick<DeskServices["models"], "manifest">,
): Promise<ReadonlyMap<string, ModelManifest>> {
  const versions = [...new Set(scores.map(({ modelVersion }) => modelVersion))];
  const read = await Promise.all(versions.map((version) => readableManifest(version, models)));
  return new Map(read.flatMap((manifest) => (manifest === undefined ? [] : [[manifest.version, manifest]])));
}

function shownScore(
  { snapshot, modelVersion, probability }: RecordedEntry,
  manifests: ReadonlyMap<string, ModelManifest>,
  then: ThresholdsThen,
): ShownScore[] {
  if (probability === undefined) return [];
  const thresholds = then(snapshot, modelVersion) ?? manifests.get(modelVersion)?.thresholds;
  const risk = thresholds && riskOf(probability, thresholds);
  return [{ snapshot, modelVersion, probability, risk, threshold: thresholds?.high }];
}
