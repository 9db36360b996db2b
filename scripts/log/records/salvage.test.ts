import { describe, expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";
import { salvaged } from "./salvage.ts";

const record = (n: number) => ({
  user: { id: `u${n}` },
  time: new Date(Date.UTC(2025, 0, n)).toISOString(),
  // A list of objects is a part of its record, and holds the record's first key.
  items: [
    { user: { id: "seller" }, note: "a } and a ]" },
    { user: { id: "other" }, note: 'a "quote"' },
  ],
});
const ten = Array.from({ length: 10 }, (_, n) => record(n + 1));
const others = ten.map(({ user }) => user.id).filter((id) => id !== "u4");

const damages: readonly (readonly [string, (text: string) => string])[] = [
  ["a colon that is missing", (text) => text.replace(/"time":/, '"time"')],
  ["a brace that is missing", (text) => text.replace(/\}(\s*)$/, "$1")],
  ["a quote that is missing", (text) => text.replace(/Z"/, "Z")],
  ["a comma that is missing", (text) => text.replace(/,/, "")],
];
const layouts: readonly (readonly [string, (records: readonly string[]) => string, number | undefined])[] = [
  ["an array over many lines", (records) => `[\n${records.join(",\n")}\n]\n`, 2],
  ["an array in one line", (records) => `[${records.join(",")}]`, undefined],
  ["objects one after another", (records) => records.join("\n"), 2],
  ["an array within an object", (records) => `{"count":10,"meta":[{"a":1}],"events":[\n${records.join(",\n")}]}`, 2],
];

describe.each(layouts)("of %s,", (_, put, indent) => {
  it.each(damages)("a record with %s is rejected, and the others are read", async (_, damage) => {
    const records = ten
      .map((own) => JSON.stringify(own, null, indent))
      .map((text, n) => (n === 3 ? damage(text) : text));
    const { users, account, rejected, notes } = await readContent(put(records), { user: "user.id" });
    expect(users).toEqual(others);
    expect(account.actions).toBe(9);
    expect(rejected.join()).toContain("is not valid JSON: {");
    expect(rejected.join()).toContain("u4");
    expect(notes).toContain("its records are read one by one");
  });

  it("what is cut off is rejected", async () => {
    const text = put(ten.map((own) => JSON.stringify(own, null, indent)));
    const { users, rejected } = await readContent(text.slice(0, text.lastIndexOf("other")), { user: "user.id" });
    expect(users).toEqual(ten.slice(0, 9).map(({ user }) => user.id));
    expect(rejected).toHaveLength(1);
  });
});

it("refuses JSON of which most is broken", async () => {
  const broken = ten.map((own, n) =>
    JSON.stringify(own, null, 2).replace('"time":', n % 3 === 0 ? '"time":' : '"time"'),
  );
  expect(await refusalOf(`[\n${broken.join(",\n")}\n]`)).toMatch(/Cannot read .* as JSON: Malformed/);
});

it("takes time by the length of a text only, of one that is broken everywhere as well", () => {
  expect(salvaged(`[${'{"a":1,'.repeat(100_000)}`)).toBeUndefined();
  expect(salvaged(`[{"a":"${'\\"'.repeat(200_000)}\\\n},{"a":1}]`)).toMatchObject({ records: { length: 2 } });
  const records = Array.from({ length: 5_000 }, (_, n) => JSON.stringify(record(n)));
  records[3] = records[3]?.slice(0, -1) ?? "";
  expect(salvaged(`[${records.join(",")}]`)?.records).toEqual(records);
  // By the square of the length it takes hours.
});

it("reads the rows that CouchDB writes, the first beside the opening of the array", async () => {
  const rows = ten.map((own) => JSON.stringify({ id: own.user.id, doc: own }));
  for (const start of ['{"total_rows":10,"offset":0,"rows":[', '{"total_rows":10,"offset":0,"rows":[\r\n']) {
    const { users, account } = await readContent(`${start}${rows.join(",\r\n")}\r\n]}\r\n`);
    expect(users).toEqual(ten.map(({ user }) => user.id));
    expect(account.rejected).toEqual([]);
  }
});

it.each(['"tags":["a"', '"items":[', '"items":[{"a":1}'])(
  "rejects the first of lines of objects where it is cut off behind %s",
  async (cut) => {
    const lines = ten.map((own) => JSON.stringify({ user: own.user.id, time: own.time }));
    lines[0] = lines[0]?.replace("}", `,${cut}`) ?? "";
    const { users, rejected } = await readContent(lines.join("\n"));
    expect(users).toEqual(ten.slice(1).map(({ user }) => user.id));
    expect(rejected).toHaveLength(1);
    expect(rejected.join()).toContain("u1");
  },
);

it("rejects the first of two lines of objects where it is cut off, and takes the other", async () => {
  const text = `{"user":"u1","time":"2025-01-01","items":[\n{"user":"u2","time":"2025-01-02"}\n`;
  const { users, rejected } = await readContent(text, { acceptRejected: true });
  expect(users).toEqual(["u2"]);
  expect(rejected).toHaveLength(1);
  expect(rejected.join()).toContain("u1");
});

it.each([
  ["a text", "x".repeat(12e6), ""],
  ["a text with marks of escapes", '\\"'.repeat(10e6), ""],
  ["a key", "", "x".repeat(12e6)],
])(
  "reads what stands beside records with %s of millions of characters, broken or not",
  (_, text, key) => {
    const whole = `{"a${key}":"${text}"}`;
    const records = [whole, '{"a":1}', '{"a" 2}', whole.replace(":", " "), '{"a":3}'];
    expect(salvaged(`[${records.join(",")}]`)?.records).toEqual(records);
  },
  60_000,
);

describe("of JSON that is broken,", () => {
  const plain = Array.from({ length: 4 }, (_, n) => `{"user":"u${n}","time":"2025-01-0${n + 1}"}`);

  it("what is left behind the last record is one that is rejected, unless it ends the array", () => {
    const lost = '"user":"lost","time":"2025-01-05"}';
    expect(salvaged(`[${plain.join(",")},${lost}]`)?.records).toEqual([...plain, `${lost}]`]);
    expect(salvaged(`{"rows":[${plain.join(",")}],"total":4,,}`)?.records).toEqual(plain);
  });

  it("other arrays are told of", async () => {
    const rows = ten.map(({ user, time }) => JSON.stringify({ user: user.id, time }));
    const broken = rows.with(3, rows[3]?.replace(":", "") ?? "");
    const text = `{"pageviews":[${broken.join(",\n")}],"purchases":[{"sum":1,"of":[{"a":1}]},{"sum":2}]}`;
    expect(salvaged(text)).toEqual({ records: broken, others: 2 });
    const { users, notes } = await readContent(text);
    expect(users).toEqual(others);
    expect(notes).toContain("Other arrays of the file, of 2 objects, are left out.");
  });

  it("the last record of an array is whole, and the next array is read too, though one of it is broken", () => {
    const more = plain.map((text, n) => (n === 2 ? text.replace('","', '",,"') : text).replace(/"u(\d)"/, '"v$1"'));
    const text = `{"a":[${[...plain, plain[0]].join(",\n")}],"b":[${more.join(",\n")}]}`;
    expect(salvaged(text)).toEqual({ records: [...plain, plain[0], ...more], others: 0 });
  });
});
