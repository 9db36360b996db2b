import { describe, expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

const many = <T>(one: (n: number) => T) => Array.from({ length: 30 }, (_, n) => one(n));
const user = (n: number) => `user-${n % 12}`;
const day = (n: number) => `2025-01-${String(n + 1).padStart(2, "0")}`;
const action = (n: number) => ["add to cart", "view", "log in"][n % 3] ?? "";
const file = (...lines: readonly (string | readonly string[])[]) => `${lines.flat().join("\n")}\n`;

/** What all of these files hold, each with lines of its own kind around. */
async function expectAll(content: string) {
  const { items, account, places } = await readContent(content);
  expect(items).toEqual(many((n) => ({ user_id: user(n), action: action(n), timestamp: Date.parse(day(n)) })));
  expect(places[0]).toMatch(/^line [1-4]$/);
  return account;
}

describe("a table that a program wrote for people", () => {
  const cells = (n: number) => [user(n).padEnd(9), day(n).padEnd(12), action(n).padEnd(12)];
  const names = ["user_id".padEnd(9), "time".padEnd(12), "action".padEnd(12)];
  const dashes = names.map((name) => name.replace(/./g, "-"));

  it("is read between the bars of MySQL's client", async () => {
    const border = `+${dashes.join("+")}+`;
    const row = (fields: readonly string[]) => `|${fields.join("|")}|`;
    const content = file(
      border,
      row(names),
      border,
      many((n) => row(cells(n))),
      border,
      "30 rows in set (0.01 sec)",
    );
    const { rejected, notRecords } = await expectAll(content);
    expect(notRecords.header + notRecords.preamble + notRecords.comment).toBe(4);
    expect(rejected).toMatchObject([{ count: 1 }]);
  });

  it("is read as PostgreSQL's client and Markdown have it", async () => {
    await expectAll(
      file(
        names.join("|"),
        dashes.join("+"),
        many((n) => cells(n).join("|")),
        "(30 rows)",
      ),
    );
    await expectAll(
      file(
        `| ${names.join(" | ")} |`,
        "|:---|---:|:-:|",
        many((n) => `| ${cells(n).join(" | ")} |`),
      ),
    );
  });

  it("is read by the places of its columns, where fields hold blanks: below a rule, or below each other", async () => {
    await expectAll(
      file(
        names.join(" "),
        dashes.join(" "),
        many((n) => cells(n).join(" ")),
        ["", "(30 rows affected)"],
      ),
    );
    await expectAll(
      file(
        names.join("  "),
        many((n) => cells(n).join("  ").trimEnd()),
      ),
    );
  });
});

describe("a table of another kind", () => {
  const row = (n: number) => [user(n), `${day(n)}T00:00:00Z`, action(n)];
  const names = ["user_id", "time", "action"];

  it.each([",", "\t", ";", "|"])(
    "divided by %j is read with dashes in its texts, and in rows of nothing else",
    async (mark) => {
      const rows = many((n) => [...row(n), n === 1 ? '"one\n---- ----\ntwo"' : "x"].join(mark));
      await expectAll(file([...names, "text"].join(mark), rows));
      const ruled = [names.join(mark), ["-------", "----", "------"].join(mark)];
      await expectAll(
        file(
          ...ruled,
          many((n) => row(n).join(mark)),
        ),
      );
    },
  );

  it("divided by blanks is read by them, where nothing below its dashes or the names of its header divides the others", async () => {
    const rows = many((n) => `${user(n)} ${day(n)} ${action(n).replaceAll(" ", "_")}`);
    const { account } = await readContent(file(names.join(" "), "-- -- --", rows));
    expect(account).toMatchObject({ actions: 30, rejected: [{ count: 1 }] });
    const below = (n: number) => `user${10 + n} ${day(n)} 08:00:00 ${n % 3 === 0 ? "view 5" : "view"}`;
    expect(
      await refusalOf(
        file(
          "user   time action value",
          Array.from({ length: 200 }, (_, n) => below(n % 30)),
        ),
      ),
    ).toContain("has 4 fields and not 5");
  });

  it("has the calls of MongoDB's shell in its texts as they are", async () => {
    const text = (n: number) => `wait: Long(${n % 2}), "UUID(7)"`;
    const rows = many((n) => ({ user_id: user(n), time: day(n), action: text(n) }));
    for (const content of [file(rows.map((record) => JSON.stringify(record))), JSON.stringify(rows, null, 2)])
      expect((await readContent(content)).items.map(({ action }) => action)).toEqual(many(text));
    const lines = file(many((n) => `[${day(n)}T00:00:00Z] ${user(n)} wait:Long(${n % 2})`));
    const { items } = await readContent(lines, { user: "2", time: "1", action: "3" });
    expect(items.map(({ action }) => action)).toEqual(many((n) => `wait:Long(${n % 2})`));
  });

  it("has a decimal comma where a text of it has a backslash before one", async () => {
    const rows = many((n) => `${user(n)};${day(n)};${n % 3 === 0 ? "a\\,b" : "c"};${n},50`);
    const { items } = await readContent(file(rows), { user: "1", time: "2", action: "3", value: "4" });
    expect(items.map(({ action, value }) => ({ action, value }))).toEqual(
      many((n) => ({ action: n % 3 === 0 ? "a\\,b" : "c", value: n + 0.5 })),
    );
  });

  it.each([",", "\t", ";", " "])("divided by %j may have fields that are tags", async (mark) => {
    const tags = ["user_id", "time", "action", "text"].join(mark);
    const tagged = (n: number) => [`<${user(n)}>`, day(n), "<view>", "<br/>"].join(mark);
    expect((await readContent(file(tags, many(tagged)))).users[3]).toBe("<user-3>");
    const marked = (n: number) => [`<p>${n}</p>`, day(n), user(n), "<i>x</i>"].join(mark);
    expect((await readContent(file(["text", "time", "user_id", "note"].join(mark), many(marked)))).users[3]).toBe(
      "user-3",
    );
  });
});

describe("lines that are one field each", () => {
  const row = (n: number) => `${user(n)},${day(n)},${action(n)}`;

  it("are the rows that stand in their quotes", async () => {
    await expectAll(
      file(
        '"user_id,time,action"',
        many((n) => `"${row(n)}"`),
      ),
    );
    await expectAll(
      file(
        '"user_id,time,action";;',
        many((n) => `"${row(n).replace(/,(.*?),/, ',""$1"",')}";;`),
      ),
    );
  });

  it("stay a column where they hold nothing that divides them", async () => {
    expect(await refusalOf(file(many((n) => `"${user(n)}"`)))).toContain("has a single column");
  });
});

it.each(["\t", "|", ","])("reads fields with a backslash before %j where it divides nothing", async (mark) => {
  const row = (n: number) => [user(n), day(n), n % 5 === 0 ? `a\\${mark}b` : "c", action(n), "\\N"].join(mark);
  const columns = { user: "1", time: "2", header: false };
  const { items, account } = await readContent(file(many(row)), { ...columns, action: "4" });
  expect(items.map(({ action }) => action)).toEqual(many(action));
  expect(account).toMatchObject({ actions: 30, rejected: [] });
  // A tab is in no name of an action.
  if (mark !== "\t")
    expect((await readContent(file(many(row)), { ...columns, action: "3" })).items[5]?.action).toBe(`a${mark}b`);
  // The end of a path is none.
  const paths = file(many((n) => [user(n), day(n), "C:\\temp\\", "x"].join(mark)));
  expect((await readContent(paths, columns)).items).toHaveLength(30);
});

it("reads JSON as MongoDB's shell prints it", async () => {
  const document = (n: number) =>
    `{ "_id" : ObjectId("65e1a7e7c0ffee0000000${100 + n}"), "user" : NumberLong("738529527931269${400 + n}"), "at" : ISODate("${day(n)}T00:00:00Z") }`;
  const { users, items } = await readContent(file(many(document)));
  expect(users[5]).toBe("738529527931269405");
  expect(items[5]?.timestamp).toBe(Date.parse(day(5)));
  const text = await readContent(
    file(many((n) => JSON.stringify({ user: user(n), at: day(n), note: `ISODate("${day(n)}")` }))),
  );
  expect(text.users).toHaveLength(30);
});

it("refuses XML and HTML with what to do, and no addresses in angle brackets", async () => {
  const xml = file(
    "<rows>",
    many((n) => `  <row user="${user(n)}" time="${day(n)}" />`),
    "</rows>",
  );
  expect(await refusalOf(xml)).toContain("it is XML or HTML. Write its rows as CSV or JSON");
  expect(
    await refusalOf(
      file(
        "<!DOCTYPE html><html><table>",
        many((n) => `${user(n)},${day(n)}`),
      ),
    ),
  ).toContain("HTML");
  const table = many((n) => `<tr><td>${user(n)}</td> <td>${day(n)}</td><td></td></tr>`);
  expect(await refusalOf(file(table))).toContain("HTML");
  expect(await refusalOf(file(`${"<i></i> ".repeat(5_000)}x`, "a,b"))).not.toContain("HTML");
  const mails = await readContent(
    file(
      "user,time",
      many((n) => `<${user(n)}@x.org>,${day(n)}`),
    ),
  );
  expect(mails.users).toHaveLength(30);
});
