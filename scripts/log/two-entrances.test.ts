import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Action, actionId } from "#churn/action.ts";
import { absentWords, blanks } from "#churn/intake/text.ts";
import { randomFrom } from "#churn/random.ts";
import { parseItem } from "#functions/ingest/item.ts";
import { plainItems } from "#functions/ingest/plain-items.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { ingestLog } from "./ingest-log.ts";
import { readLog } from "./read-log.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-entrances-"));
});
afterAll(() => rm(folder, { recursive: true }));

const now = Date.parse("2026-03-01T00:00:00Z");
const random = randomFrom("two entrances");
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

const long = (length: number) => "ä".repeat(length);
const texts = [
  ...absentWords,
  ...[
    "ann",
    "José",
    "zoë \u{1f600}",
    "0",
    "00042",
    "12.0",
    "nul",
    "Nil",
    "nobody",
    "null1",
    '"quoted"',
    "a\\b",
    "a,b",
    "{",
    "[x",
    "true",
  ],
  ...[
    "a\u0007b",
    "tab\tin",
    "line\nin",
    "Jos\ufffd",
    "\u0085",
    "zero\u200bwidth",
    "\u{1f600}".repeat(128),
    "\u{1f600}".repeat(129),
  ],
  ...[long(128), long(129), long(256), long(257), "\u{1f600}".repeat(256), "\u{1f600}".repeat(257)],
];
const padded = (text: string) => `${pick(["", "", "", ...blanks])}${text}${pick(["", "", "", ...blanks])}`;

/** JSON of a text, or of what else an id may be. */
const idJson = () =>
  pick([
    () => JSON.stringify(padded(pick(texts))),
    () => JSON.stringify(padded(pick(texts))),
    () =>
      pick(["null", "true", "false", "0", "-7", "42", "42.0", "1e3", "1.5", "{}", "[]", '{"a":1}', "NaN", "-Infinity"]),
    // Of which a double loses no digit, although it does of the numbers beside them.
    () => pick(["738529527931269400", "9007199254740992", "100000000000000000000", "1e20"]),
    () => pick(["738529527931269425", "9007199254740993", "-9223372036854775808", "18446744073709551616"]),
  ])();

const times = [
  ...[
    "2024-03-01",
    "2024-3-1",
    "2024/03/01 09:30",
    "2024-03-01T09:30:15Z",
    "2024-03-01T09:30:15.123456789Z",
    "2024-03-01t09:30:15z",
  ],
  ...[
    "2024-03-01 09:30:15,5+02:00",
    "2024-03-01T09:30:15-0530",
    "2024-03-01T00:30:00+02",
    "2024-03-01T09:30:15 UTC",
    "2016-12-31T23:59:60Z",
    "2016-12-31T23:59:60.25Z",
    "2016-12-31 23:59:60.000 +0000",
  ],
  ...[
    "2024-02-30",
    "2023-02-29T00:00:00Z",
    "2024-13-01",
    "2024-03-01T24:00:00Z",
    "2024-03-01T25:00Z",
    "2024-03-01T09:61:00Z",
    "0000-00-00",
  ],
  ...[
    "2024-03-01T09:30:15+25:00",
    "2024-03-01T09:30:15+02:60",
    "2024-03/01",
    "12024-01-01",
    "2024-03-01Tx",
    "infinity",
    "epoch",
    "now",
    "soon",
  ],
  ...[
    "1709285400",
    "1709285400.5",
    "1709285400123",
    "1709285400123456",
    "1709285400123456789",
    "20240301",
    "2024030109",
    "202403010930",
  ],
  ...[
    "20240301093015",
    "20240301T093015Z",
    "20241301",
    "20240230",
    "1e12",
    "1.6e9",
    "1.70928e+09",
    "1.6e+99",
    "-5",
    "+1709285400",
    "0x10",
    "1709285400 ",
    " 1709285400",
  ],
  ...[
    "Fri, 01 Mar 2024 09:30:15 GMT",
    "1 Mar 2024 09:30 +0200",
    "Fri, 01 Mar 2024 09:30:15 EST",
    "2024-03-01 09:30 CEST",
    "2024-03-01T09:30:15 PST",
    "2024-03-01 09:30 IST",
    "638448876000000000",
    "Fri, 31 Feb 2024 09:30:15 GMT",
  ],
  ...["2026-03-01T23:59:59Z", "2026-03-02T00:00:01Z", "2030-01-01", "1969-12-31", "1970-01-01", "1960-01-01T00:00:00Z"],
];
const timeJson = () =>
  pick([
    () => JSON.stringify(padded(pick([...times, ...absentWords]))),
    () => JSON.stringify(pick(times)),
    () =>
      pick([
        "null",
        "true",
        "{}",
        "1709285400",
        "1709285400.5",
        "1709285400123",
        "20240301",
        "202403010930",
        "1709285400123456789",
        "638448876000000000",
        "86400",
        "20241301",
        "0",
        "NaN",
      ]),
  ])();

const numbers = [
  ...[
    "9.5",
    "-3",
    "+4",
    ".5",
    "5.",
    "1e3",
    "1E-7",
    "-0",
    "0.1",
    "123456789012345680000",
    "1e16",
    "1e22",
    "1e-5",
    "0.0001",
    "9007199254740993",
  ],
  ...["Infinity", "inf", "1e999", "0x10", "1_000", "1 2", "--1", "1e", "e1", "."],
];
const valueJson = () =>
  pick([
    () => JSON.stringify(padded(pick([...numbers, ...absentWords]))),
    () => pick(["NaN", "-Infinity", "Infinity"]),
    () => pick(["null", "1", "2.5", "-0.0", "1e-5", "12345678901234567890", "0.30000000000000004"]),
  ])();

interface Line {
  readonly user_id: string;
  readonly action: string;
  readonly timestamp: string;
  readonly value: string | undefined;
  readonly event_id: string | undefined;
}

const good = {
  user_id: '"u"',
  action: '"a"',
  timestamp: '"2024-03-01T09:30:15Z"',
  value: undefined,
  event_id: undefined,
};

/** A thousand lines of which each is odd in one field, and each with an id so that none is a copy of another. */
function oddLines(): Line[] {
  return Array.from({ length: 1_000 }, (_, n): Line => {
    const line = { ...good, event_id: `"id-${n}"` };
    // Beside a number without a fraction, which 12.0 in a file would be read as otherwise, that stays the text that it is.
    if (n === 0) return { ...line, user_id: '"7"' };
    switch (n % 5) {
      case 0:
        return { ...line, user_id: idJson() };
      case 1:
        return { ...line, action: idJson() };
      case 2:
        return { ...line, timestamp: timeJson() };
      case 3:
        return { ...line, value: valueJson() };
      default:
        return {
          ...line,
          user_id: `"v${n}"`,
          value: valueJson(),
          event_id: pick([undefined, "null", '" NULL "', `"\u00a0x${n} "`]),
        };
    }
  });
}

const json = ({ user_id, action, timestamp, value, event_id }: Line) =>
  `{${pick(["", "", '"user_id":"first",'])}"user_id":${user_id},"action":${action},"timestamp":${timestamp}${value === undefined ? "" : `,"value":${value}`}${event_id === undefined ? "" : `,"event_id":${event_id}`}${pick(["", "", ","])}}`;

/** A line with what programs write around the object, and at times with what none may. */
const surrounded = (line: Line) => {
  const end = pick(["", "", "", ",", ", ", " ,\t ", pick([",,", ", ,", ",\f", ",\u00a0", "}"])]);
  return `${pick(["", "", "\u001e", "\ufeff", "\ufeff\u001e", " "])}${json(line)}${end}`;
};

/** What HTTP makes of each line. */
function overHttp(body: string): (Action | undefined)[] {
  const request = {
    method: "POST",
    path: "/",
    headers: { "content-type": "application/x-ndjson" },
    body: Buffer.from(body),
  };
  return Array.from(plainItems(request, 1_000), (item) => {
    const action = parseItem(item, now);
    return "error" in action ? undefined : action;
  });
}

/** What a file makes of each line, as it sends it and as it stores it. */
async function overFile(name: string, body: string) {
  await writeFile(join(folder, name), body);
  const options = { acceptRejected: true, id: "event_id" };
  const sent = new Map<number, Action>();
  const log = await readLog([join(folder, name)], options, now);
  for await (const { items, place } of log.batches)
    items.forEach((item, index) => {
      const action = parseItem(item, now);
      if ("error" in action) throw new Error(`${place(index)}: ${action.field} ${action.error}`);
      sent.set(Number(place(index).replace("line ", "")), action);
    });
  await log.close();
  const database = await openDuckDb(":memory:");
  const actions = await DuckDbActionStore.open(database, { now: () => now });
  const again = await readLog([join(folder, name)], options, now);
  const { created } = await ingestLog(again, { actions, now: () => now });
  await again.close();
  // What HTTP would store is stored already: the identities are the same.
  const outcomes = await actions.append([...sent.values()]);
  await actions.close();
  return { sent, created, account: log.account, isKnown: outcomes.every(({ status }) => status === "duplicate") };
}

describe("the two entrances", () => {
  it("take, refuse and read a thousand odd lines of JSON alike, and know them by the same identity", async () => {
    const lines = oddLines();
    const body = lines.map(surrounded).join("\n");
    const http = overHttp(body);
    const file = await overFile("odd.ndjson", body);
    for (const [n, action] of http.entries())
      expect({ line: lines[n], action: file.sent.get(n + 1) }).toEqual({ line: lines[n], action });
    expect(file.sent.size).toBe(http.filter((action) => action !== undefined).length);
    expect(file.created).toBe(new Set(http.flatMap((action) => (action === undefined ? [] : [actionId(action)]))).size);
    expect(file.isKnown).toBe(true);
  });

  it("take, refuse and read the same texts alike from CSV", async () => {
    // CSV has texts only, and a field of it is not trimmed before it is unquoted.
    const lines = oddLines().filter((line) =>
      Object.values(line).every((field) => field === undefined || field.startsWith('"')),
    );
    const cells = (line: Line) =>
      Object.values(line).map((field) => (field === undefined ? "" : `"${JSON.parse(field).replaceAll('"', '""')}"`));
    const usable = lines.filter((line) => !cells(line).some((cell) => /[\n\r\v\f\u2028\u2029\u0085]/.test(cell)));
    const http = overHttp(usable.map(json).join("\n"));
    const header = "user_id,action,timestamp,value,event_id";
    const file = await overFile("odd.csv", `${header}\n${usable.map((line) => cells(line).join(",")).join("\n")}\n`);
    for (const [n, action] of http.entries())
      expect({ line: usable[n], action: file.sent.get(n + 2) }).toEqual({ line: usable[n], action });
    expect(file.isKnown).toBe(true);
  });
});
