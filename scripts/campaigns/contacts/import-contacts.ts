import * as z from "zod";
import { dayOf, formatDay } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { contactLimits } from "#churn/intake/read-contact.ts";
import { aheadMilliseconds, earliestMilliseconds, faultOfTime } from "#churn/intake/read-time.ts";
import { columnCalled, contactColumns } from "#functions/desk/campaigns/contacts/contact-columns.ts";
import { newContacts, newOptOuts } from "#functions/desk/campaigns/contacts/take-contacts.ts";
import { formatCounted } from "#pages/format.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import { unknownCampaigns } from "#stores/campaigns/unknown-campaigns.ts";
import type { Contact, ContactStore } from "#stores/contacts/contact-store.ts";
import { type Account, describeRejected, rejectedOf } from "../../log/account.ts";
import { chooseTimeReading } from "../../log/load/choose-time.ts";
import { nameIn } from "../../log/load/in-file.ts";
import { openEveryRow } from "../../log/load/open-every-row.ts";
import { faults } from "../../log/load/stage.ts";
import { placeOf } from "../../log/load/take-account.ts";
import { timeSql } from "../../log/reading/time-sql.ts";
import type { Records } from "../../log/records/records.ts";
import { Scratch } from "../../log/scratch.ts";
import { literal } from "../../log/sql/literal.ts";
import { fromSafeSql, isForbiddenSql, isTooLongSql, tidySql } from "../../log/sql/text-sql.ts";
import type { FileOptions } from "../file-options.ts";

export interface ContactFileOptions {
  /** The campaign of all rows; otherwise the column `campaign` says. */
  readonly campaign?: string | undefined;
  /** Columns, by name or by number from 1. */
  readonly user?: string | undefined;
  readonly time?: string | undefined;
  readonly channel?: string | undefined;
  /** When all were contacted, where no column says; now by default. In milliseconds since the epoch. */
  readonly at?: number | undefined;
  /** Whether the file names users who want no contact. */
  readonly optOut: boolean;
  /** How the file is written. */
  readonly file?: FileOptions | undefined;
}

export interface ContactStores {
  readonly contacts: Pick<ContactStore, "append" | "optOut">;
  readonly campaigns: Pick<CampaignStore, "campaigns">;
}

/** Rows stored at a time. */
const chunkSize = 5_000;

/** What is now, and before when no contact is taken; in milliseconds since the epoch. */
export interface ContactTimes {
  readonly now: number;
  readonly oldest: number;
}

/** Takes in a file of contacts, or of opt-outs. Returns what became of its rows, in lines. Throws NotFound or InvalidInput. */
export async function importContacts(
  file: string,
  options: ContactFileOptions,
  { contacts, campaigns }: ContactStores,
  times: ContactTimes,
): Promise<string[]> {
  const fault = options.at === undefined ? undefined : faultOfTime(options.at, times.now, times.oldest);
  if (fault !== undefined) throw new InvalidInput(`The day of --at ${fault}`);
  const scratch = await Scratch.open();
  try {
    const records = await openEveryRow(file, { ...options.file, mayBeList: true }, scratch);
    const { rows, rejected, untimed } = await stage(records, options, times, scratch);
    const named: string[] = [];
    let created = 0;
    let duplicates = 0;
    for (let from = 0; from < rows; from += chunkSize) {
      const chunk = await contactsFrom(from, options, scratch);
      if (options.optOut) await contacts.optOut(chunk);
      else {
        const appended = await contacts.append(chunk);
        created += appended.created;
        duplicates += appended.duplicates;
        for (const { campaignId } of chunk) if (campaignId !== undefined) named.push(campaignId);
      }
    }
    const unknown = await unknownCampaigns(named, campaigns);
    return [
      options.optOut ? newOptOuts(rows) : newContacts(created, duplicates),
      ...(untimed > 0
        ? [
            `${formatCounted(untimed, "line")} ${untimed === 1 ? "has no time, and counts" : "have no time, and count"} as of now.`,
          ]
        : []),
      ...describeLeftOut(rejected),
      ...(unknown === undefined
        ? []
        : [
            `${formatCounted(unknown.contacts, "contact")} ${unknown.contacts === 1 ? "names a campaign that does not exist, and counts" : "name campaigns that do not exist, and count"} for no result: ${unknown.ids.join(", ")}.`,
          ]),
    ];
  } finally {
    await scratch.dispose();
  }
}

function describeLeftOut(rejected: Account["rejected"]): string[] {
  const lines = rejectedOf({ rejected });
  if (lines === 0) return [];
  const told = describeRejected({ rejected, unreadValues: { count: 0, first: [] } });
  return [`${lines.toLocaleString("en")} ${lines === 1 ? "line is" : "lines are"} left out:\n${told}`];
}

/** Reads the file into the tables `judged`, a row for each of its rows, and `contacts`, those of them that are contacts, numbered. */
async function stage(
  records: Records,
  options: ContactFileOptions,
  { now, oldest }: ContactTimes,
  scratch: Scratch,
): Promise<{ rows: number; rejected: Account["rejected"]; untimed: number }> {
  const user = columnOf(records, "user", options.user, contactColumns.user) ?? (records.width === 1 ? 0 : undefined);
  if (user === undefined)
    throw new InvalidInput(`Cannot tell which column holds the user: name it with --user COLUMN. ${found(records)}`);
  const time = options.at === undefined ? columnOf(records, "time", options.time, contactColumns.time) : undefined;
  const channel = columnOf(records, "channel", options.channel, contactColumns.channel);
  const campaign =
    options.campaign === undefined ? columnOf(records, "campaign", undefined, contactColumns.campaign) : undefined;
  const columns = [user, time, channel, campaign].filter((column) => column !== undefined);
  const text = (column: number | undefined) => {
    if (column === undefined) return "NULL::VARCHAR";
    const cell = `c${columns.indexOf(column)}`;
    // As our own CSV has them; what is typed was not written for a spreadsheet.
    return tidySql(records.isTyped ? cell : fromSafeSql(cell));
  };
  const names = [user, channel, campaign].filter((column) => column !== undefined);
  const untyped = records.isTyped ? names.map((column) => `NOT t${columns.indexOf(column)}`).join(" OR ") : "false";
  await scratch.run(`
    CREATE OR REPLACE TABLE texts AS SELECT coalesce(line, row_number() OVER () - 1 + ${records.firstLine}) AS line, fault, ${untyped} AS untyped,
      ${text(user)} AS user_id, ${text(time)} AS time, ${text(channel)} AS channel, ${text(campaign)} AS campaign FROM (${records.select(columns)})`);
  const [untimed, timed] = await scratch.row(
    "SELECT count(*) FILTER (time IS NULL AND fault IS NULL)::DOUBLE, count(time)::DOUBLE FROM texts",
    z.tuple([z.number(), z.number()]),
  );
  let when = "NULL::DOUBLE";
  if (time !== undefined && timed > 0) {
    const plan = { user, time, action: undefined, value: undefined, id: undefined, passive: undefined };
    const files = [{ records, columns: plan }];
    const { reading } = await chooseTimeReading(files, nameIn(records, time), options.file ?? {}, now, scratch);
    when = `floor(${timeSql("time", reading)})::DOUBLE`;
  }
  await judge(when, options.at ?? now, { now, oldest }, scratch);
  const [rows] = await scratch.row("SELECT count(*)::DOUBLE FROM contacts", z.tuple([z.number()]));
  return { rows, rejected: await rejectedIn(records, scratch), untimed: time === undefined ? 0 : untimed };
}

/** `when` is SQL for the time of a row that has one, in milliseconds since the epoch; the others are of `at`. */
async function judge(when: string, at: number, { now, oldest }: ContactTimes, scratch: Scratch): Promise<void> {
  // The rule is that of src/churn/intake/read-contact.ts.
  const isAny = (test: (column: string, limit: number) => string) =>
    Object.entries(contactLimits)
      .map(([field, limit]) => `coalesce(${test(field, limit)}, false)`)
      .join(" OR ");
  await scratch.run(`
    CREATE OR REPLACE TABLE judged AS SELECT line, user_id, time, channel, campaign, CASE
        WHEN fault IS NOT NULL THEN rtrim(fault, '.')
        WHEN untyped THEN 'the user, the channel or the campaign is neither text nor a whole number'
        WHEN user_id IS NULL THEN ${literal(faults.noUser)}
        WHEN time IS NULL THEN ${literal(faults.badTime)}
        WHEN time < ${earliestMilliseconds} THEN ${literal(faults.early)}
        WHEN time < ${oldest} THEN ${literal(`is before ${formatDay(dayOf(oldest))} (OLDEST_ACTION)`)}
        WHEN time > ${now + aheadMilliseconds} THEN ${literal(faults.ahead)}
        WHEN ${isAny(isTooLongSql)} THEN ${literal(tooLong)}
        WHEN ${isAny((field) => `contains(${field}, chr(65533))`)} THEN ${literal(faults.notUtf8)}
        WHEN ${isAny(isForbiddenSql)} THEN 'the user, the channel or the campaign holds control characters'
      END AS reason
      FROM (SELECT line, fault, untyped, user_id, channel, campaign, CASE WHEN time IS NULL THEN ${at}::DOUBLE ELSE ${when} END AS time FROM texts)
      WHERE coalesce(NOT starts_with(fault, '-'), true);
    CREATE OR REPLACE TABLE contacts AS SELECT row_number() OVER (ORDER BY line) - 1 AS row, user_id, time, channel, campaign
      FROM judged WHERE reason IS NULL`);
}

const tooLong = `the user is longer than ${contactLimits.user_id} characters, the campaign than ${contactLimits.campaign}, or the channel than ${contactLimits.channel}`;

/** Lines of each reason that are shown. */
const shown = 3;

/** The rows that are no contacts, by the reason, each with its first lines. */
async function rejectedIn(records: Records, scratch: Scratch): Promise<Account["rejected"]> {
  const groups = await scratch.rows(
    `SELECT reason, count(*)::DOUBLE, min(line, ${shown})::DOUBLE[] FROM judged WHERE reason IS NOT NULL
     GROUP BY reason ORDER BY count(*) DESC, reason`,
    z.tuple([z.string(), z.number(), z.array(z.number())]),
  );
  const texts = await records.textOf(groups.flatMap(([, , lines]) => lines));
  return groups.map(([reason, count, lines]) => ({
    ...{ reason, count },
    first: lines.map((line) => ({ place: placeOf(records, line, false), text: texts.get(line) ?? "" })),
  }));
}

const row = z.tuple([z.string(), z.number(), z.string().nullable(), z.string().nullable()]);

async function contactsFrom(from: number, { campaign }: ContactFileOptions, scratch: Scratch): Promise<Contact[]> {
  const rows = await scratch.rows(
    `SELECT user_id, time, channel, campaign FROM contacts WHERE row >= ${from} AND row < ${from + chunkSize} ORDER BY row`,
    row,
  );
  return rows.map(([userId, time, channel, own]) => ({
    userId,
    time,
    channel: channel ?? undefined,
    campaignId: campaign ?? own ?? undefined,
  }));
}

function columnOf(
  records: Records,
  flag: string,
  given: string | undefined,
  names: readonly string[],
): number | undefined {
  const own = records.names ?? [];
  if (given === undefined) return columnCalled(names, own);
  const byName = own.indexOf(given);
  if (byName >= 0) return byName;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= records.width) return number - 1;
  throw new InvalidInput(`--${flag} ${given}: there is no such column. ${found(records)}`);
}

function found({ names, width }: Records): string {
  return `Columns found: ${names?.join(", ") ?? `${width} without names`}.`;
}
