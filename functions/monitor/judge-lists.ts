import { copiesOf, enrolmentOf, entryWeight } from "#churn/campaign/protect.ts";
import { type Day, dayOf } from "#churn/day.ts";
import type { ChurnDefinition } from "#churn/definition.ts";
import { daysSinceLast, hasChurned } from "#churn/population.ts";
import type { JudgedNight } from "#churn/promises/by-month.ts";
import { isClosed, type Known, windowEnd } from "#churn/promises/closing.ts";
import { NightTally } from "#churn/promises/night-tally.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { JudgedEntry, Ledger, LedgerBatch, LedgerOutcome } from "#stores/ledger/ledger.ts";
import type { AliasName, ModelStore } from "#stores/models/model-store.ts";
import { readableManifest } from "#stores/models/readable.ts";

export interface JudgeServices {
  readonly actions: Pick<ActionStore, "extent" | "historiesOf">;
  readonly models: Pick<ModelStore, "manifest">;
  readonly campaigns: Pick<CampaignStore, "campaigns" | "assignmentsOf">;
  readonly ledger: Pick<Ledger, "batches" | "nights" | "entries" | "appendOutcomes" | "appendNights">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Records what became of the users of every list whose churn window has closed, under the definition of the version that
 * made it, and what the list promised beside it. May be repeated: what is recorded stays, and a run that was cut off is
 * continued. Takes a few minutes at most; what is left then is judged in the next run.
 */
export async function judgeLists(services: JudgeServices): Promise<void> {
  const { actions, now } = services;
  const began = now();
  const extent = await actions.extent();
  if (extent === undefined) return;
  const known: Known = { firstDay: extent.firstDay, lastDay: extent.lastDay, today: dayOf(began) };
  for (const [snapshot, lists] of await openLists(known, services)) {
    await judgeSnapshot(snapshot, lists, services);
    if (now() - began > longestRun) return;
  }
}

/** A Knative request lasts 600 s, and one snapshot of a million users takes a few minutes. */
const longestRun = 240_000;

/** A list of one version in one role that can be judged, and is not. */
interface OpenList {
  readonly version: string;
  readonly role: AliasName;
  readonly churn: ChurnDefinition;
}

/** By snapshot, the oldest first. */
async function openLists(
  known: Known,
  { models, ledger, actions }: Pick<JudgeServices, "models" | "ledger" | "actions">,
): Promise<Map<Day, OpenList[]>> {
  const keyOf = (snapshot: Day, version: string, role: AliasName) => `${snapshot} ${role} ${version}`;
  const judged = new Set((await ledger.nights()).map((one) => keyOf(one.snapshot, one.modelVersion, one.role)));
  const definitionOf = definitions(models);
  const open = new Map<Day, OpenList[]>();
  for (const { snapshot, modelVersion: version, entries } of await ledger.batches({ before: known.lastDay + 1 })) {
    for (const role of rolesOf(entries)) {
      if (judged.has(keyOf(snapshot, version, role))) continue;
      const churn = await definitionOf(version);
      if (churn === undefined || !isClosed(snapshot, churn, known)) continue;
      // The users' own actions may end before what is passive to that version.
      const own = churn.passive === undefined ? known : await actions.extent(churn.passive);
      if (own === undefined || !isClosed(snapshot, churn, { ...known, lastDay: own.lastDay })) continue;
      open.set(snapshot, [...(open.get(snapshot) ?? []), { version, role, churn }]);
    }
  }
  return open;
}

function rolesOf({ champion, challenger }: LedgerBatch["entries"]): AliasName[] {
  return [...(champion > 0 ? (["champion"] as const) : []), ...(challenger > 0 ? (["challenger"] as const) : [])];
}

/** The churn definition of a version, read once; undefined if the version cannot be read, which must not stop the others. */
function definitions(models: Pick<ModelStore, "manifest">) {
  const read = new Map<string, ChurnDefinition | undefined>();
  return async (version: string) => {
    if (!read.has(version)) {
      read.set(version, (await readableManifest(version, models))?.definition.churn);
    }
    return read.get(version);
  };
}

/** Users whose histories are read at a time. */
const chunkSize = 2_000;

async function judgeSnapshot(
  snapshot: Day,
  lists: readonly OpenList[],
  { actions, ledger, campaigns }: Pick<JudgeServices, "actions" | "ledger" | "campaigns">,
): Promise<void> {
  const shares = new Map((await campaigns.campaigns()).map(({ id, controlShare }) => [id, controlShare]));
  const sums = lists.map((list) => ({ ...list, tally: new NightTally(), addedAt: 0 }));
  const range = {
    from: Math.min(...lists.map(({ churn }) => snapshot - recencyReach(churn))),
    before: Math.max(...lists.map(({ churn }) => windowEnd(snapshot, churn))),
  };
  for await (const entries of chunksByUser(ledger.entries({ from: snapshot, before: snapshot + 1 }))) {
    const scored = entries.filter(({ probability }) => probability !== undefined);
    const users = [...new Set(scored.map(({ userId }) => userId))];
    const histories = await actions.historiesOf(users, range);
    const assigned = await campaigns.assignmentsOf(users);
    const outcomes: LedgerOutcome[] = [];
    for (const { userId, modelVersion, role, probability, arm, churned: recorded, recordedAt } of scored) {
      const sum = sums.find((one) => one.version === modelVersion && one.role === role);
      if (sum === undefined || probability === undefined) continue;
      const history = histories.get(userId) ?? { userId, days: [] };
      const churned = recorded ?? hasChurned(history, snapshot, sum.churn);
      // Left in the lead already, before the window began.
      if (churned === undefined) continue;
      if (recorded === undefined) outcomes.push({ userId, snapshot, modelVersion, churned });
      // Promised is what happens to users who are left alone. Campaigns may have begun after the list; of one that was removed
      // since, the entry alone tells.
      const enrolments = (assigned.get(userId) ?? []).map((one) => enrolmentOf(one, shares.get(one.campaignId)));
      const weight = entryWeight(arm, enrolments, snapshot, sum.churn);
      // Without an action as far as was read, the user has been silent for longer than those with one.
      const silence = daysSinceLast(history, snapshot, sum.churn) ?? snapshot + 1 - range.from;
      for (let copies = copiesOf(weight, userId, snapshot); copies > 0; copies--)
        sum.tally.add(userId, probability, churned, silence);
      sum.addedAt = Math.max(sum.addedAt, recordedAt);
    }
    await ledger.appendOutcomes(outcomes);
  }
  // Last, as it says that the list is judged.
  await ledger.appendNights(
    sums.map(
      ({ version, role, tally, addedAt }): JudgedNight => ({
        snapshot,
        modelVersion: version,
        role,
        addedAt,
        night: tally.night(),
      }),
    ),
  );
}

/**
 * Days before a snapshot that hold the last action of who was here; of users who leave by an action, and may be silent for long,
 * as many as features look back on.
 */
function recencyReach({ action, churnDays, observeDays }: ChurnDefinition): number {
  return action === undefined ? churnDays : Math.max(churnDays, observeDays);
}

/** Entries in chunks that divide no user; they come ordered by user. */
async function* chunksByUser(entries: AsyncIterable<JudgedEntry>): AsyncGenerator<readonly JudgedEntry[]> {
  let chunk: JudgedEntry[] = [];
  for await (const entry of entries) {
    if (chunk.length >= chunkSize && chunk.at(-1)?.userId !== entry.userId) {
      yield chunk;
      chunk = [];
    }
    chunk.push(entry);
  }
  if (chunk.length > 0) yield chunk;
}
