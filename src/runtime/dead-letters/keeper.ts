import { setTimeout } from "node:timers/promises";
import { Failure } from "#churn/failure.ts";
import { errorResponse, isRetried } from "../error-response.ts";
import { eventFields } from "../event-fields.ts";
import type { LapseEvent } from "../events.ts";
import { DeadLettersFull } from "../failures.ts";
import type { LogFields, Logger } from "../logging.ts";
import type { DeadLetterMetrics } from "../metrics/dead-letters.ts";
import { asSent, type Letter, type LetterStore, mostAnswerBytes } from "./letter.ts";

export interface DeadLetterKeeperOptions {
  /** The name of the Service that this process is, by which brokers know it. */
  readonly name: string;
  /** Opens the store, which is not asked for before there is a letter. */
  readonly letters: () => Promise<LetterStore>;
  /** The most letters that are kept. */
  readonly mostLetters: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Pick<Logger, "warn" | "error">;
  /** Made once, with what counts the letters that are kept; undefined for a process that no event comes to. */
  readonly metrics?: ((kept: () => Promise<number>) => DeadLetterMetrics) | undefined;
}

/** The share of the bound from which each further letter is told of at level error. */
const nearlyFull = 0.8;

/** The most reasons that are noted in a second, and how long a failed event waits for that, in milliseconds. */
const mostNotes = 20;
const noteMilliseconds = 1_000;

/** How long a count is good enough, in milliseconds: in a flood of letters each would have the store count them all. */
const countedFor = 1_000;

/**
 * Keeps dead letters: those that a broker hands over when it gives up, and those that this process refuses. An event that
 * comes both ways is one letter, and is counted and told of once.
 */
export class DeadLetterKeeper {
  readonly #options: DeadLetterKeeperOptions;
  readonly #metrics: DeadLetterMetrics | undefined;
  #opened: Promise<LetterStore> | undefined;
  #noted = { second: 0, notes: 0 };
  #count = { letters: 0, at: Number.NEGATIVE_INFINITY };

  constructor(options: DeadLetterKeeperOptions) {
    this.#options = options;
    this.#metrics = options.metrics?.(() => this.count());
  }

  /**
   * Keeps a letter; one too large for the store without its data: that an event was refused, and why, is not lost with them. Throws
   * DeadLettersFull for one beyond the bound, of which the log has warned long before, StoreFull and StoreUnavailable.
   */
  async keep(letter: Omit<Letter, "recordedAt">, fields: LogFields = {}): Promise<void> {
    try {
      await this.#keepWhole(letter, fields);
    } catch (error) {
      if (!(error instanceof Failure && error.kind === "too-large")) throw error;
      const { data: _, bytes: __, ...event } = letter.event;
      await this.#keepWhole({ ...letter, event }, fields);
      this.#options.logger.error(
        { ...eventFields(event), ...fields },
        "An event that was refused is too large for the store of dead letters: its data are lost.",
      );
    }
  }

  async #keepWhole(undated: Omit<Letter, "recordedAt">, fields: LogFields): Promise<void> {
    const { mostLetters, now, logger } = this.#options;
    const letters = await this.#letters();
    const letter = { ...undated, recordedAt: now() };
    const kept = await this.#counted(letters);
    if (kept >= mostLetters && !(await letters.has(letter)))
      throw new DeadLettersFull(
        `There are ${kept} dead letters, as many as DEAD_LETTERS_LIMIT allows: this event is not kept. Replay or forget some with lapse dead-letters.`,
      );
    if (!(await letters.record(letter))) return;
    this.#count.letters += 1;
    if (kept + 1 >= nearlyFull * mostLetters)
      logger.error(
        { "event.action": "dead-letters-nearly-full", ...fields },
        `There are ${kept + 1} dead letters; beyond ${mostLetters} (DEAD_LETTERS_LIMIT) no more are kept. Replay or forget some with lapse dead-letters.`,
      );
    this.#metrics?.recorded(letter.status);
    const { event, destination = "an unnamed destination" } = letter;
    logger.warn(
      { ...eventFields(event), ...fields },
      `Kept an event that ${destination} did not take: see lapse dead-letters.`,
    );
  }

  /**
   * Keeps an event on which this process has failed with `error` if a broker never sends it again after the response to
   * that: the broker may drop it then, and tell no one. Of one that will come again only the reason is noted, if that can be
   * done at once: a dead letter sink may be told of the event without it.
   */
  async failed(event: LapseEvent, error: unknown, fields: LogFields = {}): Promise<void> {
    const { status, body } = errorResponse(error);
    const answer = Buffer.from(body).subarray(0, mostAnswerBytes).toString("utf8");
    const letter = { event: asSent(event), destination: this.#options.name, status, answer };
    if (!isRetried(status)) await this.keep(letter, fields);
    else if (this.#mayNote()) await Promise.race([this.#note(letter), setTimeout(noteMilliseconds)]);
  }

  async #note(letter: Omit<Letter, "recordedAt">): Promise<void> {
    try {
      const letters = await this.#letters();
      await letters.note?.({ ...letter, recordedAt: this.#options.now() });
    } catch {
      // Often the very store has failed. The event comes again all the same.
    }
  }

  /** In a flood of failures, the first of each second are enough. */
  #mayNote(): boolean {
    const second = Math.floor(this.#options.now() / 1_000);
    this.#noted = this.#noted.second === second ? { second, notes: this.#noted.notes + 1 } : { second, notes: 1 };
    return this.#noted.notes <= mostNotes;
  }

  /** How many letters are kept now. Throws StoreUnavailable. */
  async count(): Promise<number> {
    return (await this.#letters()).count();
  }

  #letters(): Promise<LetterStore> {
    this.#opened ??= this.#options.letters().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #counted(letters: LetterStore): Promise<number> {
    const now = this.#options.now();
    if (now - this.#count.at >= countedFor) this.#count = { letters: await letters.count(), at: now };
    return this.#count.letters;
  }
}
