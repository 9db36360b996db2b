import type { BucketRange } from "#churn/buckets.ts";
import type { Arm } from "#churn/campaign/campaign.ts";
import type { Day } from "#churn/day.ts";
import type { UserState } from "#churn/population.ts";
import type { JudgedNight } from "#churn/promises/by-month.ts";
import type { AliasName } from "../models/model-store.ts";

/**
 * Every score that was served as a list, and what became of the user. Only ever added to, until retention or erasure
 * deletes: docs/decisions/ledger.md.
 */
export interface Ledger {
  /**
   * Adds entries. One is identified by user, snapshot, version and role; if it is already there, it changes nothing, even
   * if it differs in other fields, so that a run may be repeated. What was added survives a crash. Throws InvalidInput,
   * and adds nothing, for an entry that makes no sense; StoreUnavailable if some may be missing, and all must be sent
   * again.
   */
  append(entries: readonly LedgerEntry[]): Promise<void>;

  /**
   * Adds outcomes, once the windows of their entries have closed. The first outcome of a user, snapshot and version
   * stays. Throws as `append` does.
   */
  appendOutcomes(outcomes: readonly LedgerOutcome[]): Promise<void>;

  /**
   * Adds what lists promised and what happened, once all their outcomes are added: what of them needs comparing, without
   * their users. The first of a snapshot, version and role stays. Throws as `append` does.
   */
  appendNights(nights: readonly JudgedNight[]): Promise<void>;

  /** The nights that were added, by snapshot, version and role. Few: one for each list. */
  nights(range?: LedgerRange): Promise<readonly JudgedNight[]>;

  /** What each version scored at each snapshot, by snapshot and then by version. */
  batches(range?: SnapshotRange): Promise<readonly LedgerBatch[]>;

  /** The earliest snapshot of which there are entries; undefined if there are none. Quick, however many there are. */
  firstSnapshot(): Promise<Day | undefined>;

  /** Streams entries with their outcomes, by snapshot, bucket, the bytes of user id and version, and role. */
  entries(range?: EntryRange): AsyncIterable<JudgedEntry>;

  /** All entries of one user, in the same order. */
  entriesOf(userId: string): Promise<readonly JudgedEntry[]>;

  /**
   * What was shown of each of these users at their last `count` snapshots, in ascending order: the champion's entries, of
   * each snapshot the one added last. Users without any are left out.
   */
  lastShown(userIds: readonly string[], count: number): Promise<ReadonlyMap<string, readonly RecordedEntry[]>>;

  /**
   * Deletes everything about these users. A run that is under way may still add what it has read before. Nights stay, as
   * they are sums over groups of users.
   */
  erase(userIds: readonly string[]): Promise<ErasedLedger>;

  /** Deletes the snapshots of all UTC months before the month of `day`, and their nights. */
  dropMonthsBefore(day: Day): Promise<ErasedLedger>;

  close(): Promise<void>;
}

/** The score of one user at one snapshot by one version. */
export interface LedgerEntry {
  readonly userId: string;
  readonly snapshot: Day;
  readonly modelVersion: string;
  /** The alias that pointed at the version: the champion's scores are shown, the challenger's are not. */
  readonly role: AliasName;
  readonly state: UserState;
  /** Calibrated probability of churn, 0 … 1; undefined for a user who has lapsed. */
  readonly probability?: number | undefined;
  /** Undefined for a user in no campaign. */
  readonly arm?: Arm | undefined;
}

export interface RecordedEntry extends LedgerEntry {
  /** When it was added, in milliseconds since the epoch. */
  readonly recordedAt: number;
}

export interface JudgedEntry extends RecordedEntry {
  /** Undefined until the outcome is known. */
  readonly churned?: boolean | undefined;
}

/** Whether a user churned in the window after a snapshot, by the definition of a version. */
export interface LedgerOutcome {
  readonly userId: string;
  readonly snapshot: Day;
  readonly modelVersion: string;
  readonly churned: boolean;
}

/** The entries of one version at one snapshot. */
export interface LedgerBatch {
  readonly snapshot: Day;
  readonly modelVersion: string;
  /** How many entries there are in each role. */
  readonly entries: Readonly<Record<AliasName, number>>;
  /** How many users have an outcome. */
  readonly outcomes: number;
}

export interface SnapshotRange {
  /** First snapshot, inclusive. */
  readonly from?: Day | undefined;
  /** Last snapshot, exclusive. */
  readonly before?: Day | undefined;
}

export interface LedgerRange extends SnapshotRange {
  /** All versions by default. */
  readonly modelVersion?: string | undefined;
  /** Both by default. */
  readonly role?: AliasName | undefined;
}

/** Entries of some of the users as well. */
export interface EntryRange extends LedgerRange, BucketRange {}

/** How much was deleted. */
export interface ErasedLedger {
  readonly entries: number;
  readonly outcomes: number;
}
