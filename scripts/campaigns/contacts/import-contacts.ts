import * as z from "zod";
import { dayOf, formatDay } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { aheadMilliseconds, earliestMilliseconds, faultOfTime } from "#churn/intake/read-time.ts";
import { columnCalled, contactColumns } from "#functions/desk/campaigns/contacts/contact-columns.ts";
import { newContacts, newOptOuts } from "#functions/desk/campaigns/contacts/take-contacts.ts";
import { formatCounted } from "#pages/format.ts";
import { fromSafe } from "#runtime/csv.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import { unknownCampaigns } from "#stores/campaigns/unknown-campaigns.ts";
import type { Contact, ContactStore } from "#stores/contacts/contact-store.ts";
import { chooseTimeReading } from "../../log/load/choose-time.ts";
import { nameIn } from "../../log/load/in-file.ts";
import { openEveryRow } from "../../log/load/open-every-row.ts";
import { timeSql } from "../../log/reading/time-sql.ts";
import type { Records } from "../../log/records/records.ts";
import { Scratch } from "../../log/scratch.ts";
import { tidySql } from "../../log/sql/text-sql.ts";

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
    const records = await openEveryRow(file, {}, scratch);
    const { rows, left } = await stage(records, options, times, scratch);
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
      ...(left > 0
        ? [
            `${formatCounted(left, "row")} ${left === 1 ? "is" : "are"} left out: without a user, with a time that cannot be read, is before ${formatDay(dayOf(times.oldest))} (OLDEST_ACTION) or more than a day in the future, or damaged.`,
          ]
        : []),
      ...(unknown === undefined
        ? []
        : [
            `${formatCounted(unknown.contacts, "contact")} ${unknown.contacts === 1 ? "names a campaign that there is none of, and counts" : "name campaigns that there are none of, and count"} for no result: ${unknown.ids.join(", ")}.`,
          ]),
    ];
  } finally {
    await scratch.dispose();
  }
}

async function stage(
  records: Records,
  options: ContactFileOptions,
  { now, oldest }: ContactTimes,
  scratch: Scratch,
): Promise<{ rows: number; left: number }> {
  const user = columnOf(records, "user", options.user, contactColumns.user) ?? (records.width === 1 ? 0 : undefined);
  if (user === undefined)
    throw new InvalidInput(`Cannot tell which column holds the user: name it with --user COLUMN. ${found(records)}`);
  const time = options.at === undefined ? columnOf(records, "time", options.time, contactColumns.time) : undefined;
  const channel = columnOf(records, "channel", options.channel, contactColumns.channel);
  const campaign =
    options.campaign === undefined ? columnOf(records, "campaign", undefined, contactColumns.campaign) : undefined;
  const columns = [user, time, channel, campaign].filter((column) => column !== undefined);
  const text = (column: number | undefined) => (column === undefined ? "NULL" : tidySql(`c${columns.indexOf(column)}`));
  let when = `${options.at ?? now}::DOUBLE`;
  if (time !== undefined) {
    const plan = { user, time, action: undefined, value: undefined, id: undefined, passive: undefined };
    const { reading } = await chooseTimeReading([{ records, columns: plan }], nameIn(records, time), {}, now, scratch);
    when = `(${timeSql("time", reading)})::DOUBLE`;
  }
  const [from, until] = [Math.max(oldest, earliestMilliseconds), now + aheadMilliseconds];
  await scratch.run(`
    CREATE OR REPLACE TABLE texts AS SELECT fault, ${text(user)} AS user_id, ${text(time)} AS time, ${text(channel)} AS channel,
      ${text(campaign)} AS campaign FROM (${records.select(columns)}) WHERE coalesce(NOT starts_with(fault, '-'), true);
    CREATE OR REPLACE TABLE contacts AS SELECT row_number() OVER () - 1 AS row, user_id, floor(${when})::DOUBLE AS time, channel, campaign
      FROM texts WHERE fault IS NULL AND user_id IS NOT NULL AND length(user_id) <= 257 AND ${when} BETWEEN ${from} AND ${until}`);
  const [rows, all] = await scratch.row(
    "SELECT (SELECT count(*) FROM contacts)::DOUBLE, (SELECT count(*) FROM texts)::DOUBLE",
    z.tuple([z.number(), z.number()]),
  );
  return { rows, left: all - rows };
}

const row = z.tuple([z.string(), z.number(), z.string().nullable(), z.string().nullable()]);

async function contactsFrom(from: number, { campaign }: ContactFileOptions, scratch: Scratch): Promise<Contact[]> {
  const rows = await scratch.rows(
    `SELECT user_id, time, channel, campaign FROM contacts WHERE row >= ${from} AND row < ${from + chunkSize} ORDER BY row`,
    row,
  );
  return rows.map(([userId, time, channel, own]) => ({
    userId: fromSafe(userId),
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
