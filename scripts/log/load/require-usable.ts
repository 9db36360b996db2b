import * as z from "zod";
import { formatDay } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { type Account, describeRejected, rejectedOf } from "../account.ts";
import { otherOrder } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { mostLost } from "./lost-digits.ts";
import { whyNewest } from "./newest-rejected.ts";
import { faults, lineSql } from "./stage.ts";
import type { StagedLog } from "./stage-files.ts";
import { placeOf } from "./take-account.ts";

/** Of all lines, the most that may be rejected unless the user accepts it. */
export const mostRejected = 0.2;

export interface Understanding {
  readonly name: string;
  readonly columns: string;
}

/**
 * Throws InvalidInput, with what was understood and what not, where a log is most likely read wrongly: where more than a
 * fifth of its rows, or half of its newest stretch, are rejected, or where its times are not of a likely time.
 */
export async function requireUsable(
  log: StagedLog,
  account: Account,
  understanding: Understanding,
  { now, accepted }: { readonly now: number; readonly accepted: boolean },
  scratch: Scratch,
): Promise<void> {
  const rejected = rejectedOf(account);
  const { actions } = account;
  const { name, columns } = understanding;
  const odd = () => oddTime(log, scratch);
  if (actions + rejected === 0) throw new InvalidInput(`${name} holds no rows, only a header.`);
  if (actions === 0)
    throw new InvalidInput(
      [
        `No row of ${name} can be used: ${rejected.toLocaleString("en")} were rejected.`,
        `Columns: ${columns}.${await odd()}`,
        describeRejected(account),
        howToSay,
      ].join("\n"),
    );
  requireOneOrder(account, understanding);
  await requireLikelyTimes(log, understanding, now, scratch);
  if (accepted || rejected === 0) return;
  // Of lines that say something: blank ones, comments and what continues a row make the share no smaller.
  const rows = actions + rejected + account.notRecords.header;
  const share = rejected / rows;
  const lost = account.rejected.find(({ reason }) => reason === faults.lostDigits)?.count ?? 0;
  const why =
    log.swapped !== undefined
      ? `its times have day and month in both orders: some, such as "${log.swapped}", do not fit ${log.plan.time.name}`
      : share > mostRejected
        ? `${Math.ceil(100 * share)} % of its rows cannot be read`
        : lost > mostLost * rows
          ? `${lost.toLocaleString("en")} of its rows have a user or an id that has lost its last digits`
          : await whyNewest(
              log.files.map(({ records }) => records.path),
              scratch,
            );
  if (why === undefined) return;
  const [first, last] = await daysOf(scratch);
  throw new InvalidInput(
    [
      `${name} was not imported: ${why}.`,
      `Columns: ${columns}. These rows can be read: ${actions.toLocaleString("en")}, ${formatDay(first)} to ${formatDay(last)}.`,
      `These cannot:${await odd()}\n${describeRejected(account)}`,
      `${howToSay} To import the log without these rows, add --accept-rejected.`,
    ].join("\n"),
  );
}

/** Throws InvalidInput where the columns change their places within a file: what follows would be read as something else. */
function requireOneOrder({ rejected }: Account, { name }: Understanding): void {
  const [at] = rejected.find(({ reason }) => otherOrder.startsWith(reason))?.first ?? [];
  if (at === undefined) return;
  throw new InvalidInput(
    `${name} was not imported: ${at.place} names the columns in another order, «${at.text.slice(0, 80)}». Split the file there, and import its parts together.`,
  );
}

const howToSay =
  "If a column is wrong, name the right one with --user, --time, --action, --value or --id; if times are, say how they are written with --time-format (iso, epoch-s, epoch-ms, dd.MM.yyyy …), --epoch or --timezone.";

/** What a time that cannot be right was taken for, where there is one. */
async function oddTime({ plan, files, staged }: StagedLog, scratch: Scratch): Promise<string> {
  const [found] = await scratch.rows(
    `SELECT file::DOUBLE, ${lineSql(staged)}::DOUBLE, time::DOUBLE FROM staged
     WHERE reason IN (${[faults.ahead, faults.early, faults.old].map(literal).join(", ")}) ORDER BY row LIMIT 1`,
    z.tuple([z.number(), z.number(), z.number()]),
  );
  if (found === undefined) return "";
  const [file, line, time] = found;
  return ` With times read as ${plan.time.name}, ${placeOf(files[file]?.records, line, files.length > 1)} is of ${dateOf(time)}.`;
}

function dateOf(time: number): string {
  return Math.abs(time) < 2e14
    ? new Date(time).toISOString().slice(0, 10)
    : `the year ${Math.floor(1970 + time / yearMilliseconds)}`;
}

const yearMilliseconds = 365.25 * 86_400_000;

/** Times before this, or a log that spans more than this, are likely something else than times. */
const leastTime = Date.UTC(1985, 0, 1);
const longestSpan = 45 * 365 * 86_400_000;
/** Numbers that count from another moment than 1970, or in another unit, seem to be of the years before this. */
const leastEpoch = Date.UTC(2000, 0, 1);
/** Apple's count of seconds begins here. */
const appleStart = Date.UTC(2001, 0, 1);

/** Throws InvalidInput where the bulk of the times is not of a likely time. Rows in the future are rejected already. */
async function requireLikelyTimes(
  { plan }: StagedLog,
  { name, columns }: Understanding,
  now: number,
  scratch: Scratch,
): Promise<void> {
  if (plan.time.isGiven) return;
  // Four digits of a year are not mistaken for others; a number, or two digits of a year, may be.
  const isCertain = plan.time.epoch === undefined && plan.time.forms.every((form) => form.name === "ISO 8601");
  const [early, late] = await scratch.row(
    isCertain
      ? "SELECT min(first)::DOUBLE, max(last)::DOUBLE FROM users"
      : "SELECT quantile_disc(time, 0.05)::DOUBLE, quantile_disc(time, 0.95)::DOUBLE FROM staged WHERE reason IS NULL",
    z.tuple([z.number(), z.number()]),
  );
  const isEpoch = plan.time.epoch === "by size" && plan.time.forms.length === 0;
  const least = isEpoch ? leastEpoch : leastTime;
  if (late >= least && (isCertain || late - early <= longestSpan)) return;
  const isApple = isEpoch && late < leastEpoch && late + appleStart <= now;
  const apple = isApple ? " If they count from 2001, as Apple's do, add --epoch 2001-01-01 --time-unit second." : "";
  throw new InvalidInput(
    `${name} was not imported: with its times read as ${plan.time.name}, it would date from ${dateOf(early)} to ${dateOf(late)}.${apple} ` +
      `Columns: ${columns}. Name another column with --time, or the format of the times with --time-format (iso, epoch-s, epoch-ms, dd.MM.yyyy …), which is then trusted.`,
  );
}

async function daysOf(scratch: Scratch): Promise<[number, number]> {
  return scratch.row(
    "SELECT (min(time) // 86400000)::DOUBLE, (max(time) // 86400000)::DOUBLE FROM staged WHERE reason IS NULL",
    z.tuple([z.number(), z.number()]),
  );
}
