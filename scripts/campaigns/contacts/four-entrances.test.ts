import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudEvent } from "cloudevents";
import { afterAll, beforeAll, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { listedUserNames } from "#churn/intake/role-names.ts";
import { absentWords, blanks } from "#churn/intake/text.ts";
import { randomFrom } from "#churn/random.ts";
import { contactsIn } from "#functions/desk/campaigns/contacts/contact-items.ts";
import { contactLines } from "#functions/desk/campaigns/contacts/contact-lines.ts";
import { ContactItem, itemOfEvent } from "#functions/ingest/event-item.ts";
import { parseItem } from "#functions/ingest/item.ts";
import { contactEvent } from "#runtime/event-kinds.ts";
import type { Contact } from "#stores/contacts/contact-store.ts";
import { importContacts } from "./import-contacts.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-four-entrances-"));
});
afterAll(() => rm(folder, { recursive: true }));

const now = Date.parse("2026-03-01T00:00:00Z");
const oldest = Date.parse("2016-03-01T00:00:00Z");
const random = randomFrom("four entrances");
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

const long = (length: number) => "ä".repeat(length);
const texts = [
  ...absentWords,
  ...["ann", "José", "00042", "12.0", '"quoted"', "a\\b", "a,b", "null1", "a\u0007b", "tab\tin", "Jos\ufffd"],
  ...[64, 65, 100, 101, 256, 257].flatMap((length) => [long(length), "\u{1f600}".repeat(length)]),
];
/** No line breaks: a pasted line and a row end there. */
const edges = ["", "", "", ...Array.from(blanks).filter((blank) => !/[\n\r\v\f\u2028\u2029]/.test(blank))];
const odd = () => `${pick(edges)}${pick(texts)}${pick(edges)}`;
const times = [
  ...["2024-03-01", "2024-03-01T09:30:15Z", "2024-03-01T09:30:15.5+02:00", "1709285400", "1709285400123", "20240301"],
  ...["2024-02-30", "soon", "2016-02-29", "1969-12-31", "2026-03-01T23:59:59Z", "2026-03-02T00:00:01Z", "2030-01-01"],
];

interface Sent {
  readonly user_id: string;
  readonly timestamp: string;
  readonly campaign: string;
  readonly channel: string;
}

function sentContacts(): Sent[] {
  return Array.from({ length: 600 }, (_, n): Sent => {
    const good = { user_id: `u${n}`, timestamp: "2024-03-01T09:30:15Z", campaign: `c${n}`, channel: "mail" };
    const field = pick(["user_id", "timestamp", "campaign", "channel"] as const);
    return { ...good, [field]: field === "timestamp" ? pick(times) : odd() };
  });
}

/** What is taken of a contact; undefined where it is refused. */
type Taken = Contact | undefined;

function overApi(sent: Sent): Taken {
  try {
    return contactsIn([sent], now, oldest).contacts[0];
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}

function byEvent({ user_id: subject, timestamp, campaign, channel }: Sent): Taken {
  const event = new CloudEvent({ type: contactEvent.type, source: "/m", id: "1", subject, data: {} }, false);
  const data = { timestamp, campaign, channel };
  const item = itemOfEvent({ id: event.id, source: event.source, type: event.type, subject, data });
  if (!(item instanceof ContactItem)) return undefined;
  const action = parseItem(item.item, now, undefined, oldest);
  if ("error" in action) return undefined;
  return { userId: action.userId, time: action.time, campaignId: item.campaignId, channel: item.channel };
}

const head = "user,time,campaign,channel";
const line = (sent: Sent) =>
  Object.values(sent)
    .map((cell) => `"${String(cell).replaceAll('"', '""')}"`)
    .join(",");

function pasted(sent: Sent): Taken {
  try {
    return contactLines(`${head}\n${line(sent)}`, now, oldest)[0];
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}

async function fromFile(text: string): Promise<Contact[]> {
  const file = join(folder, "sent.csv");
  await writeFile(file, text);
  const taken: Contact[] = [];
  const contacts = {
    append: async (chunk: readonly Contact[]) => {
      taken.push(...chunk);
      return { created: chunk.length, duplicates: 0 };
    },
    optOut: async () => undefined,
  };
  await importContacts(
    file,
    { optOut: false },
    { contacts, campaigns: { campaigns: async () => [] } },
    { now, oldest },
  );
  return taken;
}

it("the API, events, lines that are pasted, and files take and refuse the same contacts, and read them alike", async () => {
  const all = sentContacts();
  const file = await fromFile(`${head}\n${all.map(line).join("\n")}\n`);
  const taken: Taken[] = all.map(overApi);
  for (const [n, sent] of all.entries()) {
    expect({ sent, contact: byEvent(sent) }).toEqual({ sent, contact: taken[n] });
    expect({ sent, contact: pasted(sent) }).toEqual({ sent, contact: taken[n] });
  }
  expect(file).toEqual(taken.filter((contact) => contact !== undefined));
  expect(file.length).toBeGreaterThan(200);
  expect(file.length).toBeLessThan(500);
});

const further = [
  ["bob", "cyd"],
  ["bob@example.org", "cyd@example.org"],
  ["", "bob@example.org"],
];
/** Each with what it is above; names of columns are one kind, so of those that are known each is above another. */
const lists = [
  ...["user", "User ID", "E-Mail", "time", "uuid", "ann"].map((first) => [first, further] as const),
  ...listedUserNames.map((first, n) => [first, further.slice(n % 3, (n % 3) + 1)] as const),
];

it.each(lists)(
  "a list of one column that begins with %s has the same users as lines and as a file",
  async (first, below) => {
    for (const others of below) {
      const text = `${[first, ...others].join("\n")}\n`;
      const users = (contacts: readonly Contact[]) => contacts.map(({ userId }) => userId);
      const lines = users(contactLines(text, now, oldest));
      expect({ text, users: users(await fromFile(text)) }).toEqual({ text, users: lines });
      expect(lines.slice(-1)).toEqual(others.slice(-1));
    }
  },
);
