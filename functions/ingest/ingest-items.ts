import type { Action } from "#churn/action.ts";
import { breather } from "#runtime/breather.ts";
import type { Logger } from "#runtime/logging.ts";
import type { ActionMetrics } from "#runtime/metrics/actions.ts";
import type { ActionStore, AppendOutcome } from "#stores/actions/action-store.ts";
import type { ContactStore } from "#stores/contacts/contact-store.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import { ContactItem, EventItem } from "./event-item.ts";
import { type Fault, parseItem } from "./item.ts";
import { storeContacts } from "./store-contacts.ts";

export interface IngestServices {
  readonly actions: Pick<ActionStore, "append">;
  /** Keeps contacts, beside the actions that they are stored as; not needed where no events come in, as from files. */
  readonly contacts?: Pick<ContactStore, "append" | "optOut"> | undefined;
  /** Told which campaigns contacts name. */
  readonly campaignWatch?: Pick<CampaignWatch, "see"> | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The time before which no action may be, in milliseconds since the epoch; 1970 without it. */
  readonly oldest?: (() => number) | undefined;
  readonly metrics?: ActionMetrics | undefined;
  /** Told of each request over HTTP. */
  readonly logger?: Pick<Logger, "info" | "warn"> | undefined;
}

export interface IngestReport {
  /** Items that are stored now: created and duplicates. */
  readonly accepted: number;
  readonly created: number;
  readonly duplicates: number;
  /** The positions of the first `listed` duplicates that have the id of a stored action and other content, which was not taken. */
  readonly contradictions: readonly number[];
  /** How many there are. */
  readonly contradicting: number;
  /** Good items that the store could not take: to be sent again. */
  readonly unavailable: number;
  /** Why not the first of them, for the log: it may name servers. */
  readonly unavailableReason?: string | undefined;
  readonly rejected: number;
  /** Actions that were taken without their value, which could not be read. */
  readonly valuesLeftOut: number;
  /** The first `listed` rejections, by position. */
  readonly rejections: readonly Rejection[];
}

interface Rejection extends Fault {
  /** The item's position, from 0. */
  readonly index: number;
}

/** The most rejections that are reported one by one: a body full of faults must not cause a larger response. */
const listed = 1_000;

/** Actions handed to the store at a time; the next ones are read while it writes. */
const chunkSize = 20_000;

/**
 * Stores every item that is an action, `{user_id, action, timestamp, value?, event_id?, source?, passive?}`, and reports on the
 * others, of an event by the names that it has for fields. Safe to repeat: what is stored already counts as duplicate. Throws StoreUnavailable when the store failed;
 * some of the items may be stored then.
 */
export async function ingestItems(items: Iterable<unknown>, services: IngestServices): Promise<IngestReport> {
  const now = services.now();
  const oldest = services.oldest?.();
  const report = { created: 0, duplicates: 0, contradicting: 0, unavailable: 0, rejected: 0, valuesLeftOut: 0 };
  const contradictions: number[] = [];
  const rejections: Rejection[] = [];
  let unavailableReason: string | undefined;
  const reject = (index: number, { field, error }: Fault, event?: EventItem) => {
    report.rejected += 1;
    services.metrics?.rejected(field ?? "item", 1);
    if (rejections.length < listed)
      rejections.push({ index, field: event === undefined ? field : event.nameOf(field), error });
  };
  const store = async (chunk: Chunk) => {
    if (chunk.actions.length === 0) return;
    // First, so that what is sent again because they are missing is not taken for a duplicate.
    if (chunk.contacts.length > 0 && services.contacts !== undefined) {
      await storeContacts(chunk.contacts, services.contacts);
      await services.campaignWatch?.see(chunk.contacts.map(({ item }) => item.campaignId));
    }
    const outcomes = await services.actions.append(chunk.actions);
    for (const [i, outcome] of outcomes.entries()) {
      settle(outcome, chunk.indexes[i] ?? 0);
      const action = chunk.actions[i];
      // Mails that go out do not show that users' actions come in.
      if (outcome.status === "created" && action !== undefined && action.passive !== true)
        services.metrics?.taken(action.time);
    }
  };
  const settle = (outcome: AppendOutcome, index: number) => {
    switch (outcome.status) {
      case "created":
        report.created += 1;
        break;
      case "duplicate":
        report.duplicates += 1;
        if (outcome.differs !== true) break;
        report.contradicting += 1;
        if (contradictions.length < listed) contradictions.push(index);
        break;
      case "unavailable":
        report.unavailable += 1;
        unavailableReason ??= outcome.reason;
        break;
      case "rejected":
        reject(index, { error: outcome.reason });
    }
  };

  const leftOut = () => {
    report.valuesLeftOut += 1;
  };

  const breathe = breather();
  let index = 0;
  let chunk = newChunk();
  let writing = Promise.resolve();
  try {
    for (const item of items) {
      const event = item instanceof EventItem ? item : undefined;
      const action = parseItem(event === undefined ? item : event.item, now, leftOut, oldest);
      if ("error" in action) reject(index, action, event);
      else {
        if (item instanceof ContactItem) chunk.contacts.push({ action, item });
        chunk.actions.push(action);
        chunk.indexes.push(index);
      }
      index += 1;
      const turn = breathe();
      if (turn !== undefined) await turn;
      if (chunk.actions.length < chunkSize) continue;
      await writing;
      writing = store(chunk);
      // A failure is thrown where it is awaited.
      writing.catch(() => undefined);
      chunk = newChunk();
    }
  } finally {
    // Also when the items broke off: a write must not go on, or fail, unnoticed.
    await writing;
  }
  await store(chunk);

  const { created, duplicates, contradicting, unavailable } = report;
  services.metrics?.stored("created", created);
  services.metrics?.stored("duplicate", duplicates - contradicting);
  services.metrics?.stored("contradicting", contradicting);
  services.metrics?.stored("unavailable", unavailable);
  rejections.sort((a, b) => a.index - b.index);
  contradictions.sort((a, b) => a - b);
  return { ...report, unavailableReason, rejections, contradictions, accepted: created + duplicates };
}

interface Chunk {
  readonly actions: Action[];
  /** Those of the actions that are contacts. */
  readonly contacts: { readonly action: Action; readonly item: ContactItem }[];
  /** The position of each action among the items. */
  readonly indexes: number[];
}

function newChunk(): Chunk {
  return { actions: [], contacts: [], indexes: [] };
}
