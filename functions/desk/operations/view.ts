import { formatDay } from "#churn/day.ts";
import { formatCount, formatCounted, formatMinute } from "#pages/format.ts";
import type { HttpRequest } from "#runtime/http.ts";
import type { NextRun } from "#runtime/schedules.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { lastBackup } from "#stores/audit/last-backup.ts";
import { actsOfPeople } from "#stores/audit/recorder.ts";
import type { KeptDeadLetter } from "#stores/dead-letters/dead-letters.ts";
import type { UnreadableDocuments } from "#stores/unreadable-documents.ts";
import { mayOperate } from "../may-operate.ts";
import type { DeskServices } from "../services.ts";
import { type OwnHistory, ownHistory } from "./history.ts";

/** What the page of operations shows. */
export interface OperationsView {
  /** Undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  readonly mayOperate: boolean;
  /** What each nightly step last left behind, in words; empty for a step that has left nothing yet. */
  readonly last: readonly { readonly step: string; readonly result: string }[];
  /** Undefined where no schedule is known. */
  readonly next: readonly NextRun[] | undefined;
  /** Newest first, at most 50. */
  readonly letters: readonly KeptDeadLetter[];
  /** How many there are. */
  readonly letterCount: number;
  readonly history: OwnHistory;
  /** Undefined for a reader who may not see who did what. */
  readonly audit: ShownAudit | undefined;
}

export interface ShownAudit {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** What is missing among them because it cannot be read. */
  readonly unreadable: UnreadableDocuments | undefined;
}

const most = 50;

export async function operationsView(
  request: Pick<HttpRequest, "caller">,
  services: DeskServices,
): Promise<OperationsView> {
  const { deadLetters, nextRuns } = services;
  const operates = mayOperate(request);
  const [last, letters, history] = await Promise.all([lastResults(services), deadLetters.list(), ownHistory(services)]);
  return {
    reader: request.caller?.name,
    mayOperate: operates,
    last,
    next: nextRuns?.(),
    letters: letters.slice(0, most),
    letterCount: letters.length,
    history,
    audit: operates ? await shownAudit(services, most) : undefined,
  };
}

/** The newest entries of what people did; what has begun and ended is one. */
export async function shownAudit({ audit }: Pick<DeskServices, "audit">, limit: number): Promise<ShownAudit> {
  const entries: AuditEntry[] = [];
  let unreadable: UnreadableDocuments | undefined;
  const onUnreadable = (left: UnreadableDocuments) => {
    unreadable = left;
  };
  for await (const entry of actsOfPeople(audit.entries({ onUnreadable }))) {
    entries.push(entry);
    if (entries.length === limit) break;
  }
  return { entries, unreadable };
}

/** Of the stores: a run that failed has left nothing, and its event is a dead letter. */
async function lastResults(services: DeskServices): Promise<OperationsView["last"]> {
  const { actions, features, models, ledger } = services;
  const [set, [newest], batches, { taken }] = await Promise.all([
    features.currentSet(),
    models.versions(),
    ledger.batches(),
    lastBackup(services),
  ]);
  const extent = await actions.extent(set?.definition.churn.passive);
  const users = set === undefined ? undefined : await features.countUsers(set.id);
  // A challenger scores the same users for the ledger only: it makes no list.
  const batch = batches.findLast(({ entries }) => entries.champion > 0);
  const judged = batches.filter(({ outcomes }) => outcomes > 0).at(-1);
  return [
    {
      step: "Actions",
      result:
        extent === undefined
          ? ""
          : `${formatCounted(extent.actions, "action")} of ${formatCounted(extent.users, "user")}, up to ${formatDay(extent.lastDay)}`,
    },
    {
      step: "Features",
      result:
        set === undefined
          ? ""
          : `computed for the start of ${formatDay(set.snapshot)}: ${formatCounted(users?.here ?? 0, "user")} here, ${formatCount(users?.lapsed ?? 0)} lapsed`,
    },
    { step: "Training", result: newest === undefined ? "" : `newest version ${newest}` },
    {
      step: "Scoring",
      result:
        batch === undefined
          ? ""
          : `list of ${formatDay(batch.snapshot)} by version ${batch.modelVersion}: ${formatCounted(batch.entries.champion, "user")}`,
    },
    {
      step: "Comparing promises",
      result:
        judged === undefined
          ? ""
          : `list of ${formatDay(judged.snapshot)}: what ${formatCounted(judged.outcomes, "user")} did is known`,
    },
    {
      step: "Backup",
      result: taken === undefined ? "" : `taken at ${formatMinute(taken.at)} UTC, to ${taken.place}`,
    },
  ];
}
