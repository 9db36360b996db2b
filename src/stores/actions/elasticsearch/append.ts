import { setImmediate } from "node:timers/promises";
import type { Action } from "#churn/action.ts";
import { Failure } from "#churn/failure.ts";
import { type BulkOutcome, bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { refusesAll, StoreUnavailable } from "../../failures.ts";
import type { GatheredWrites } from "../../gathered-writes.ts";
import type { AppendOutcome } from "../action-store.ts";
import { contradiction, created, duplicate } from "../append-outcomes.ts";
import { gatheredAppends } from "../gathered-appends.ts";
import { differingEntries } from "./differing.ts";
import { Entries, type Entry, operationOf } from "./entries.ts";

/**
 * Writes actions in bulks, a few at a time; those of concurrent calls share them (see GatheredWrites). An action's identity
 * is the id of its document, which the server creates once.
 */
export class ElasticsearchAppender {
  readonly #elasticsearch: Elasticsearch;
  readonly #now: () => number;
  readonly #gathered: GatheredWrites<Action, AppendOutcome>;
  readonly #bulks = new Set<Promise<void>>();

  /** `now` dates ingestion, in milliseconds since the epoch; of `mostWaiting` see GatheringBounds. */
  constructor(elasticsearch: Elasticsearch, now: () => number, mostWaiting?: number) {
    this.#elasticsearch = elasticsearch;
    this.#now = now;
    this.#gathered = gatheredAppends((actions) => this.#write(actions), {
      mostTogether: enough,
      mostWrites: mostBulks,
      mostWaiting,
    });
  }

  /** As ActionStore.append. Also throws StoreUnavailable, at once, if too many actions are already waiting. */
  async append(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    const outcomes = await this.#gathered.write(actions);
    requireAny(outcomes);
    return outcomes;
  }

  /** Resolves when everything appended so far is stored or has failed. */
  close(): Promise<void> {
    return this.#gathered.settled();
  }

  /** Throws StoreUnavailable if the server refuses a single bulk as a whole, for good. */
  async #write(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    const entries = new Entries(actions);
    const outcomes: AppendOutcome[] = [];
    const sends: Promise<void>[] = [];
    while (!entries.allTaken) {
      while (this.#bulks.size >= mostBulks) await Promise.race(this.#bulks).catch(() => undefined);
      const from = entries.count;
      const taken = entries.take(bulkSize);
      const isAlone = from === 0 && entries.allTaken;
      const sending: Promise<void> = this.#send(taken, isAlone)
        .then((sent) => {
          for (const [i, outcome] of sent.entries()) outcomes[from + i] = outcome;
        })
        .finally(() => this.#bulks.delete(sending));
      // A failure is thrown where all are awaited.
      sending.catch(() => undefined);
      this.#bulks.add(sending);
      sends.push(sending);
      // Send this one before preparing the next.
      if (!entries.allTaken) await setImmediate();
    }
    await Promise.all(sends);
    const positions = entries.ofActions();
    const settled = actions.map((action, i) => {
      const { entry = -1, repeated = false } = positions[i] ?? {};
      const outcome = outcomes[entry] ?? unanswered;
      return { action, outcome: outcome.status === "created" && repeated ? duplicate : outcome };
    });
    return this.#withContradictions(settled);
  }

  /** Tells which duplicates have other content than what is stored; none where that cannot be read now. */
  async #withContradictions(settled: readonly Settled[]): Promise<readonly AppendOutcome[]> {
    // Without an id of its own an action is identified by its content.
    const named = settled.filter(
      ({ action, outcome }) => outcome.status === "duplicate" && action.eventId !== undefined,
    );
    if (named.length === 0) return settled.map(({ outcome }) => outcome);
    const entries = named.map(({ action }) => Entries.of(action));
    const differing = await differingEntries(this.#elasticsearch, entries).catch(() => []);
    const contradicting = new Set(differing.map(({ action }) => action));
    return settled.map(({ action, outcome }) => (contradicting.has(action) ? contradiction : outcome));
  }

  async #send(entries: readonly Entry[], isAlone: boolean): Promise<AppendOutcome[]> {
    const ingested = new Date(this.#now()).toISOString();
    const operations = entries.map((entry) => operationOf(this.#elasticsearch, entry, ingested));
    try {
      return (await bulk(this.#elasticsearch, purpose, operations)).map(outcomeOf);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (isAlone) throw new StoreUnavailable(error.message, { cause: error, refusesAll: refusesAll(error) });
      // Other actions of the same call may be stored.
      return entries.map(() => ({ status: "unavailable", reason: error.message }));
    }
  }
}

interface Settled {
  readonly action: Action;
  readonly outcome: AppendOutcome;
}

const purpose = "store actions";
const bulkSize = 5_000;
/** More at a time gain nothing and take the server's memory. */
const mostBulks = 4;
/** Bulks of small calls are sent beside each other from this size on: larger ones store hardly more a second. */
const enough = 1_000;

const unanswered: AppendOutcome = { status: "unavailable", reason: "no response" };

function outcomeOf({ status, reason = `status ${status}` }: BulkOutcome): AppendOutcome {
  if (status < 300) return created;
  if (status === 409) return duplicate;
  const tooLong = status === 400 ? /immense term in field="([^"]+)"/.exec(reason)?.[1] : undefined;
  if (tooLong !== undefined) return { status: "rejected", reason: `${tooLong} is too long to be stored.` };
  // Any other is about our index (its mapping, its shards, that it is closed) and not about the action, which will be good
  // once that is mended: the sender must keep it.
  return { status: "unavailable", reason };
}

/** Throws unless at least one action was stored or rejected. */
function requireAny(outcomes: readonly AppendOutcome[]): void {
  const [first] = outcomes;
  if (first?.status !== "unavailable" || outcomes.some(({ status }) => status !== "unavailable")) return;
  const { reason } = first;
  throw new StoreUnavailable(reason.startsWith("Could not ") ? reason : `Could not ${purpose}: ${reason}`);
}
