import { InvalidInput } from "#churn/failure.ts";
import { readContact } from "#churn/intake/read-contact.ts";
import { fromSafe } from "#runtime/csv.ts";
import { TooLarge } from "#runtime/failures.ts";
import type { Contact } from "#stores/contacts/contact-store.ts";
import { mostContacts } from "./contact-items.ts";
import { requireFewLines } from "./few-lines.ts";

/**
 * Contacts from lines that a person pastes: one user each, or a table with a heading whose cells are divided by commas, semicolons
 * or tabs. The columns user, time, channel and campaign are read, wherever they stand. Contacts without a time are of
 * `now`, and none may be before `oldest`; both in milliseconds since the epoch. Throws InvalidInput, which names the first line that cannot be read, and TooLarge for more lines than a request may
 * have contacts, the heading not counted.
 */
export function contactLines(text: string, now: number, oldest: number): Contact[] {
  requireFewLines(text, mostContacts + 1);
  const lines = text.split(/\r\n|\r|\n/).map((line, i) => ({ line, number: i + 1 }));
  const long = lines.find(({ line }) => line.length > longestLine);
  if (long !== undefined)
    throw new InvalidInput(`Line ${long.number} is longer than ${longestLine} characters: put each user on a line.`);
  const [first, ...rest] = lines.filter(({ line }) => line.trim() !== "");
  if (first === undefined) throw new InvalidInput("There is no user in these lines.");
  const divider = [",", ";", "\t"].find((one) => first.line.includes(one)) ?? ",";
  const heading = cellsOf(first.line, divider).map((cell) => roleOf(cell));
  const isTable = heading.includes("user");
  if (!isTable && first.line.includes(divider))
    throw new InvalidInput(
      "The first line must name the columns: user, and where you have them time, channel, campaign.",
    );
  const contacts = isTable ? rest : [first, ...rest];
  if (contacts.length > mostContacts)
    throw new TooLarge(`Send at most ${mostContacts} users at a time.`, { details: { limit: mostContacts } });
  const columns = isTable ? heading : ["user" as const];
  return contacts.map(({ line, number }) => {
    const cells = isTable ? cellsOf(line, divider) : [fromSafe(line.trim())];
    const cell = (role: Role) => {
      const at = columns.indexOf(role);
      const value = at < 0 ? undefined : cells[at];
      return value === undefined || value === "" ? undefined : value;
    };
    const item = {
      ...{ user_id: cell("user"), timestamp: cell("time") },
      ...{ channel: cell("channel"), campaign: cell("campaign") },
    };
    const contact = readContact(item, now, oldest);
    if ("faults" in contact) {
      const [{ field, fault } = { field: undefined, fault: "is no contact." }] = contact.faults;
      throw new InvalidInput(`Line ${number}: ${field === undefined ? "it" : fieldNames.get(field)} ${fault}`);
    }
    const { userId, time, channel, campaignId } = contact;
    return { userId, time, channel, campaignId };
  });
}

/** In characters: 16 MB of commas on one line would be as many cells. */
const longestLine = 10_000;

const fieldNames: ReadonlyMap<string, string> = new Map([
  ["user_id", "the user"],
  ["timestamp", "the time"],
  ["channel", "the channel"],
  ["campaign", "the campaign"],
]);

type Role = "user" | "time" | "channel" | "campaign";

function roleOf(name: string): Role | undefined {
  const plain = name.toLowerCase().replace(/[^a-z]/g, "");
  if (["user", "userid", "id", "customer", "customerid"].includes(plain)) return "user";
  if (["time", "timestamp", "date", "day", "at", "contactedat", "sentat", "sent"].includes(plain)) return "time";
  if (["channel", "medium", "via"].includes(plain)) return "channel";
  return plain === "campaign" || plain === "campaignid" ? "campaign" : undefined;
}

/** RFC 4180, but for line breaks within a cell. */
function cellsOf(line: string, divider: string): string[] {
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
  return [...cells, cell].map((one) => fromSafe(one.trim()));
}
