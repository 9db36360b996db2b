import type { Job } from "./run-schema.ts";

/**
 * Keeps the runs of a night, which are cut into slices that any process works on: what was planned, and which slices have
 * ended. Of each job the last five runs are kept. Why this suffices, whatever is killed or repeated: docs/decisions/slices.md.
 */
export interface RunStore {
  /**
   * Begins a run, with a number greater than that of every run of its job before. Returns the run of that id if there is one
   * already, as it is; undefined if the newest run of the job is as of a later time, so that this one came too late. Its number is
   * also greater than `above`: what the job wrote may outlive the runs that it was numbered by.
   */
  begin(job: Job, run: NewRun, above?: number): Promise<Run | undefined>;

  /** The run of the job with the greatest number; undefined if there is none. */
  newest(job: Job): Promise<Run | undefined>;

  /**
   * Notes that a slice has ended, and what it counted; only the first time counts. Returns the run after that: of all slices
   * exactly one is its `lastSlice`, however many end at the same time. Undefined if there is no run of that id any more, or a
   * newer one has begun: then nothing is noted.
   */
  endSlice(job: Job, id: string, slice: number, counts: Counts): Promise<Run | undefined>;

  close(): Promise<void>;
}

/** What a slice counted, by name; those of all slices add up. */
export type Counts = Readonly<Record<string, number>>;

export interface NewRun {
  /** Unique within its job: of what asked for it, so that it is the same if that is repeated. */
  readonly id: string;
  /** How many slices there are: a power of two, at most 256. */
  readonly slices: number;
  /** The moment that it is to be the state of, in milliseconds since the epoch; undefined for a run that is as of now. */
  readonly asOf?: number | undefined;
  /** What all slices must agree on, as JSON; only its job reads it. */
  readonly plan: unknown;
}

export interface Run extends NewRun {
  /** Greater than that of every run of the job before: when it began, in milliseconds, or one more than the last. */
  readonly number: number;
  readonly ended: readonly EndedSlice[];
  /** When it began, or a slice of it ended last, by the clock of the process that noted it, in milliseconds; absent in runs of a version before this. */
  readonly progressedAt?: number | undefined;
  /** The slice that ended last; undefined while not all have. */
  readonly lastSlice?: number | undefined;
}

export interface EndedSlice {
  readonly slice: number;
  readonly counts: Counts;
}
