import type { Action } from "#churn/action.ts";
import { Failure } from "#churn/failure.ts";
import { type BulkOutcome, bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { StoreUnavailable } from "../../failures.ts";
import type { AppendOutcome } from "../action-store.ts";
import { Entries, type Entry, operationOf } from "./entries.ts";

/**
 * Writes actions in bulks, a few at a time. Calls made while all of these are under way are written together after
 * them. An action's identity is the id of its document, which the server creates once.
 */
export class ElasticsearchAppender {
  readonly #elasticsearch: Elasticsearch;
  readonly #now: () => number;
  readonly #waiting: Call[] = [];
  #waitingActions = 0;
  readonly #bulks = new Set<Promise<void>>();

  readonly #mostWaiting: number;

  /** `now` dates ingestion, in milliseconds since the epoch. 200,000 waiting actions take about 100 MB. */
  constructor(elasticsearch: Elasticsearch, now: () => number, mostWaiting = 200_000) {
    this.#elasticsearch = elasticsearch;
    this.#now = now;
    this.#mostWaiting = mostWaiting;
  }

  /** As ActionStore.append. Also throws StoreUnavailable, at once, if too many actions are already waiting. */
  async append(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    if (actions.length === 0) return [];
    if (this.#waitingActions > 0 && this.#waitingActions + actions.length > this.#mostWaiting) {
      throw new StoreUnavailable(
        `Could not ${purpose}: ${this.#waitingActions} are already waiting for Elasticsearch.`,
      );
    }
    const entries = new Entries(actions);
    const outcomes = await new Promise<readonly AppendOutcome[]>((resolve, reject) => {
      this.#waiting.push({ actions: actions.length, entries, outcomes: [], settled: 0, resolve, reject });
      this.#waitingActions += actions.length;
      this.#startBulks();
    });
    requireAny(outcomes);
    return entries.ofActions().map(({ entry, repeated }) => {
      const outcome = outcomes[entry] ?? unanswered;
      return outcome.status === "created" && repeated ? duplicate : outcome;
    });
  }

  /** Resolves when everything appended so far is stored or has failed. */
  async close(): Promise<void> {
    while (this.#bulks.size > 0 || this.#waiting.length > 0) await Promise.all(this.#bulks);
  }

  #startBulks(): void {
    if (this.#waiting.length === 0 || this.#bulks.size >= mostBulks) return;
    const writing: Promise<void> = this.#write(this.#take()).then(() => {
      this.#bulks.delete(writing);
      this.#startBulks();
    });
    this.#bulks.add(writing);
    // Send this one before preparing the next.
    setImmediate(() => this.#startBulks());
  }

  /** The actions that have waited longest. */
  #take(): Share[] {
    const shares: Share[] = [];
    let taken = 0;
    for (let call = this.#waiting[0]; call !== undefined && taken < bulkSize; call = this.#waiting[0]) {
      const from = call.entries.count;
      const entries = call.entries.take(bulkSize - taken);
      taken += entries.length;
      shares.push({ call, from, entries });
      if (!call.entries.allTaken) break;
      this.#waiting.shift();
      this.#waitingActions -= call.actions;
    }
    return shares;
  }

  async #write(shares: readonly Share[]): Promise<void> {
    try {
      const outcomes = await this.#send(shares.flatMap(({ entries }) => entries));
      let at = 0;
      for (const { call, from, entries } of shares) {
        for (let i = 0; i < entries.length; i++) call.outcomes[from + i] = outcomes[at++] ?? unanswered;
        call.settled += entries.length;
        if (call.entries.allTaken && call.settled === call.entries.count) call.resolve(call.outcomes);
      }
    } catch (error) {
      for (const { call } of shares) call.reject(error);
    }
  }

  async #send(entries: readonly Entry[]): Promise<AppendOutcome[]> {
    const ingested = new Date(this.#now()).toISOString();
    const operations = entries.map((entry) => operationOf(this.#elasticsearch, entry, ingested));
    try {
      return (await bulk(this.#elasticsearch, purpose, operations)).map(outcomeOf);
    } catch (error) {
      // Other actions of the same call may be stored.
      if (!(error instanceof Failure)) throw error;
      return entries.map(() => ({ status: "unavailable", reason: error.message }));
    }
  }
}

interface Call {
  /** The number of actions. */
  readonly actions: number;
  readonly entries: Entries;
  /** By entry. */
  readonly outcomes: AppendOutcome[];
  /** How many entries have their outcome. */
  settled: number;
  readonly resolve: (outcomes: readonly AppendOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The entries of a call that are in one bulk, beginning at position `from`. */
interface Share {
  readonly call: Call;
  readonly from: number;
  readonly entries: readonly Entry[];
}

const purpose = "store actions";
const bulkSize = 5_000;
/** More at a time gain nothing and take the server's memory. */
const mostBulks = 4;

const created: AppendOutcome = { status: "created" };
const duplicate: AppendOutcome = { status: "duplicate" };
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
