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
  const mails = await readContent(
    file(
      "user,time",
      many((n) => `<${user(n)}@x.org>,${day(n)}`),
    ),
  );
  expect(mails.users).toHaveLength(30);
});
