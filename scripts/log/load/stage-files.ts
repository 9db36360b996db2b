import * as z from "zod";
import { Failure, InvalidInput } from "#churn/failure.ts";
import type { LogOptions } from "../options.ts";
import type { Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { alikeNotes } from "./alike-users.ts";
import { constantNote } from "./choose-time.ts";
import {
  correctReadings,
  correctThousands,
  correctUsers,
  swappedIn,
  withoutContradicted,
  withoutLostIds,
} from "./correct-draft.ts";
import { crowdNotes } from "./crowds.ts";
import { asideOf, type Draft, draftOf } from "./draft.ts";
import { isSameTime } from "./evidence.ts";
import { nameIn } from "./in-file.ts";
import { rejectLostDigits, shareOfLostIds } from "./lost-digits.ts";
import { findRepeats } from "./repeats.ts";
import { needsTidying, type StagedFile, stage } from "./stage.ts";

/** A log that is read to its end and lies in the scratch database. */
export interface StagedLog extends Draft {
  readonly staged: readonly StagedFile[];
  readonly hasRepeats: boolean;
  /** A time that has day and month in another order than those that are read, where there are several such. */
  readonly swapped: string | undefined;
}

/**
 * Decides what the columns hold and how they are read, by all rows, and stages them. What is decided by the first rows
 * is checked when all are staged; where they disagree, it is decided and staged again, which few logs need.
 */
export async function stageFiles(
  opened: readonly Records[],
  options: LogOptions,
  now: number,
  scratch: Scratch,
): Promise<StagedLog> {
  let records = opened;
  let draft: Draft | undefined;
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const current: Attempt = await tryDraft(records, draft, options, now, scratch);
    const careful = await readUneven(records, current.staged);
    if (careful !== undefined) {
      records = careful;
      draft = undefined;
      continue;
    }
    if (current.draft === undefined || current.staged === undefined) throw current.error;
    const corrected = await correctedDraft(current.draft, options, scratch);
    if (corrected.plan !== current.draft.plan) {
      draft = corrected;
      continue;
    }
    const lostIds = await shareOfLostIds(corrected.plan, scratch);
    draft = withoutLostIds(corrected, lostIds, options);
    if (draft !== undefined) continue;
    await rejectLostDigits(lostIds, scratch);
    const contradiction = await findRepeats(current.staged, scratch);
    if (contradiction === undefined || options.id !== undefined)
      return finished(corrected, current.staged, options, scratch);
    draft = withoutContradicted(corrected, contradiction);
  }
  const paths = records.map(({ path }) => path).join(", ");
  throw new InvalidInput(`Cannot read ${paths}: its rows cannot be told apart. Is it damaged?`);
}

const mostAttempts = 10;

interface Attempt {
  readonly draft?: Draft;
  readonly staged?: readonly StagedFile[];
  readonly error?: unknown;
}

/** Stages the rows by a draft, a new one where there is none. What DuckDB cannot read is left to `readUneven`. */
async function tryDraft(
  records: readonly Records[],
  known: Draft | undefined,
  options: LogOptions,
  now: number,
  scratch: Scratch,
): Promise<Attempt> {
  try {
    const draft = known ?? (await draftOf(records, options, now, scratch));
    return { draft, staged: await stage(draft.files, draft.plan, now, scratch) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    return { error };
  }
}

/** The draft as all rows would have it: of another plan where they have to be staged again by that. */
async function correctedDraft(draft: Draft, options: LogOptions, scratch: Scratch): Promise<Draft> {
  const next = await correct(draft, options, scratch);
  if (next === undefined) return draft;
  return next.plan === draft.plan ? correctedDraft(next, options, scratch) : next;
}

async function correct(draft: Draft, options: LogOptions, scratch: Scratch): Promise<Draft | undefined> {
  const { plan } = draft;
  if (!plan.tidies && (await needsTidying(plan, scratch))) return { ...draft, plan: { ...plan, tidies: true } };
  return (
    (await correctReadings(draft, options, scratch)) ??
    (await correctThousands(draft, options, scratch)) ??
    correctUsers(draft, scratch)
  );
}

async function finished(
  draft: Draft,
  staged: readonly StagedFile[],
  options: LogOptions,
  scratch: Scratch,
): Promise<StagedLog> {
  const [repeats] = await scratch.row("SELECT count(*)::DOUBLE FROM repeats", z.tuple([z.number()]));
  const isConstant = await isTimeConstant(scratch);
  const notes = isConstant ? [constantNote(nameIn(draft.table, draft.plan.columns.time), options)] : [];
  const ofUsers = nameIn(draft.table, draft.plan.columns.user);
  return {
    ...draft,
    notes: [
      ...draft.notes,
      ...notes.filter((note) => !draft.notes.includes(note)),
      ...(await alikeNotes(ofUsers, scratch)),
      ...(await crowdNotes(ofUsers, scratch)),
    ],
    staged,
    hasRepeats: repeats > 0,
    swapped: await swappedIn(draft, scratch),
  };
}

/** Whether nearly every user with several actions has them all at one time. */
async function isTimeConstant(scratch: Scratch): Promise<boolean> {
  const [rows, further, varying] = await scratch.row(
    `SELECT coalesce(sum(actions), 0)::DOUBLE, coalesce(sum(actions - 1), 0)::DOUBLE,
       coalesce(sum(actions - 1) FILTER (first <> last), 0)::DOUBLE FROM users`,
    z.tuple([z.number(), z.number(), z.number()]),
  );
  return isSameTime(rows, further, varying);
}

/** Where a quick reading did not see every line, all files read carefully; undefined where it did. */
async function readUneven(
  records: readonly Records[],
  staged: readonly StagedFile[] | undefined,
): Promise<readonly Records[] | undefined> {
  let isUneven = false;
  const careful = await Promise.all(
    records.map(async (own, file) => {
      const rows = staged?.[file]?.rows ?? Number.NaN;
      if (rows + asideOf(own) === own.linesRead || own.carefully === undefined) return own;
      isUneven = true;
      return own.carefully();
    }),
  );
  return isUneven ? careful : undefined;
}
