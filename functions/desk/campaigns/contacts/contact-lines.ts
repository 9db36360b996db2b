import { InvalidInput } from "#churn/failure.ts";
import { readContact } from "#churn/intake/read-contact.ts";
import { timeFaults } from "#churn/intake/read-time.ts";
import { isUserHeading } from "#churn/intake/role-names.ts";
import { fromSafe } from "#runtime/csv.ts";
import { TooLarge } from "#runtime/failures.ts";
import type { Contact } from "#stores/contacts/contact-store.ts";
import { columnCalled, columnsCalled, contactColumns } from "./contact-columns.ts";
import { mostContacts } from "./contact-items.ts";
import { requireFewLines } from "./few-lines.ts";

/** Lines read as contacts, and those that cannot be. */
export interface ReadLines {
  readonly contacts: readonly Contact[];
  readonly left: readonly LeftLine[];
  /** The names of the columns that may hold the user; empty for a list without a heading. */
  readonly users: readonly string[];
  /** The one of them that was read. */
  readonly user: string | undefined;
}

/** A line that is no contact. */
export interface LeftLine {
  /** From 1. */
  readonly number: number;
  /** As what follows the number of the line. */
  readonly fault: string;
}

/** Contacts from lines as `readLines` has them. Throws InvalidInput, which names the first line that cannot be read, as well. */
export function contactLines(text: string, now: number, oldest: number): readonly Contact[] {
  const { contacts, left } = readLines(text, now, oldest);
  const [first] = left;
  if (first !== undefined) throw new InvalidInput(`Line ${first.number}: ${first.fault}`);
  return contacts;
}

/**
 * Contacts from lines that a person pastes or sends as a file: one user each, or a table with a heading whose cells are divided by commas,
 * semicolons or tabs. The columns user, time, channel and campaign are read, wherever they stand. Contacts without a time are of
 * `now`, and none may be before `oldest`; both in milliseconds since the epoch. Throws InvalidInput for what is no such list at all, and
 * TooLarge for more lines than a request may have contacts, not counting the heading and the line that names the divider.
 */
export function readLines(text: string, now: number, oldest: number): ReadLines {
  requireFewLines(text, mostContacts + mostAbove);
  const lines = text.split(/\r\n|\r|\n/).map((line, i) => ({ line, number: i + 1 }));
  const long = lines.find(({ line }) => line.length > longestLine);
  if (long !== undefined)
    throw new InvalidInput(`Line ${long.number} is longer than ${longestLine} characters: put each user on a line.`);
  const filled = lines.filter(({ line }) => line.trim() !== "");
  const announced = announcedDivider.exec(filled[0]?.line ?? "")?.[1]?.replace("\\t", "\t");
  const [first, ...rest] = announced === undefined ? filled : filled.slice(1);
  if (first === undefined) throw new InvalidInput("There is no user in these lines.");
  const divider = announced ?? [",", ";", "\t"].find((one) => first.line.includes(one)) ?? ",";
  const heading = cellsOf(first.line, divider);
  if (heading === undefined) throw new InvalidInput(`Line ${first.number}: ${openQuote}`);
  const isTable = heading.length > 1 || isUserHeading(first.line, rest[0]?.line ?? "");
  const columns = isTable ? columnsIn(heading) : undefined;
  if (columns === undefined && first.line.includes(divider))
    throw new InvalidInput(
      "The first line must name the columns: user, and where you have them time, channel, campaign.",
    );
  const rows = columns === undefined ? [first, ...rest] : rest;
  if (rows.length > mostContacts)
    throw new TooLarge(`Send at most ${mostContacts} users at a time.`, { details: { limit: mostContacts } });
  const contacts: Contact[] = [];
  const left: LeftLine[] = [];
  for (const { line, number } of rows) {
    const cells = columns === undefined ? { user: fromSafe(line.trim()) } : cellsIn(line, divider, columns);
    const read = cells === undefined ? { fault: openQuote } : contactOf(cells, now, oldest);
    if ("fault" in read) left.push({ number, fault: read.fault });
    else contacts.push(read);
  }
  const users = columns === undefined ? [] : columnsCalled(contactColumns.user, heading);
  return { contacts, left, users, user: heading[columns?.user ?? -1] };
}

type Columns = Readonly<Record<keyof typeof contactColumns, number | undefined>>;
type Cells = Readonly<Partial<Record<keyof typeof contactColumns, string | undefined>>>;

/** Where each column stands; undefined for a line that names no column of users. */
function columnsIn(heading: readonly string[]): Columns | undefined {
  const { user, time, channel, campaign } = contactColumns;
  const at = (names: readonly string[]) => columnCalled(names, heading);
  return at(user) === undefined
    ? undefined
    : { user: at(user), time: at(time), channel: at(channel), campaign: at(campaign) };
}

function cellsIn(line: string, divider: string, columns: Columns): Cells | undefined {
  const cells = cellsOf(line, divider);
  if (cells === undefined) return undefined;
  const cell = (at: number | undefined) => (at === undefined || cells[at] === "" ? undefined : cells[at]);
  return {
    user: cell(columns.user),
    time: cell(columns.time),
    channel: cell(columns.channel),
    campaign: cell(columns.campaign),
  };
}

function contactOf(cells: Cells, now: number, oldest: number): Contact | { readonly fault: string } {
  const { user, time, channel, campaign } = cells;
  const read = readContact({ user_id: user, timestamp: time, channel, campaign }, now, oldest);
  if ("faults" in read) {
    const [{ field, fault } = { field: undefined, fault: "is no contact." }] = read.faults;
    if (field === "timestamp" && fault === timeFaults.unreadable)
      return { fault: `${time?.slice(0, 40)} is not a time, such as 2026-03-01.` };
    return { fault: `${fieldNames.get(field ?? "") ?? "it"} ${fault}` };
  }
  return { userId: read.userId, time: read.time, channel: read.channel, campaignId: read.campaignId };
}

/** Lines above the users: one that names the divider, and the heading. */
const mostAbove = 2;

/** In characters: 16 MB of commas on one line would be as many cells. */
const longestLine = 10_000;

const fieldNames: ReadonlyMap<string, string> = new Map([
  ["user_id", "the user"],
  ["timestamp", "the time"],
  ["channel", "the channel"],
  ["campaign", "the campaign"],
]);

/** A first line that names the divider, as spreadsheet programs write and read it. */
const announcedDivider = /^[\s\ufeff]*"?sep=(.|\\t)"?\s*$/i;

const openQuote = "a quote is not closed: put each user on a line of its own.";

/** RFC 4180, but for line breaks within a cell: undefined where a cell goes on behind the line. */
function cellsOf(line: string, divider: string): string[] | undefined {
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? "";
    if (isQuoted && character === '"' && line[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (character === divider && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  if (isQuoted) return undefined;
  return [...cells, cell].map((one) => fromSafe(one.trim()));
}
