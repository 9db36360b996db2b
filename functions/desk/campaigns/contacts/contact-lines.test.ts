import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge } from "#runtime/failures.ts";
import { mostContacts } from "./contact-items.ts";
import { contactLines, readLines } from "./contact-lines.ts";

const now = Date.UTC(2026, 2, 5);
const oldest = Date.UTC(2016, 2, 1);

describe("contacts in lines", () => {
  it("are one user each, or a table with a heading", () => {
    expect(contactLines("ann\r\n\r\nben\n", now, oldest).map(({ userId, time }) => [userId, time])).toEqual([
      ["ann", now],
      ["ben", now],
    ]);
    expect(contactLines("channel;User\nmail;ann", now, oldest)).toMatchObject([{ userId: "ann", channel: "mail" }]);
  });

  it.each([
    ["account,id", "acme,u1\nacme,u2", "id"],
    ["id,client_id", "u1,acme\nu2,acme", "id"],
    ["member,customer,tenant", "acme,u1,x\nacme,u2,y", "customer"],
    ["account,sent", "u1,2026-03-01\nu2,2026-03-01", "account"],
  ])("are of those whom the clearest column names: %s", (heading, rows, user) => {
    const read = readLines(`${heading}\n${rows}`, now, oldest);
    expect(read.contacts.map(({ userId }) => userId)).toEqual(["u1", "u2"]);
    expect(read.user).toBe(user);
    expect(read.users).toContain(user);
  });

  it.each(["member", "mail", "kunde", "login", "account"])("may be of a user %s", (user) => {
    const read = readLines(`${user}\nanna\n`, now, oldest);
    expect(read.contacts.map(({ userId }) => userId)).toEqual([user, "anna"]);
    expect(read).toMatchObject({ users: [], user: undefined });
  });

  it.each(["User", "user_id", "Account ID", "id", "E-Mail"])("may stand below a heading %s alone", (heading) => {
    expect(contactLines(`${heading}\nann@example.org`, now, oldest)).toMatchObject([{ userId: "ann@example.org" }]);
  });

  it.each([
    ["1969-12-31", "is before 1970-01-02, as of a clock that was never set."],
    ["2016-02-29", "is before 2016-03-01, the oldest that is taken (OLDEST_ACTION)."],
    ["2026-03-07", "is more than a day in the future."],
  ])("are not of %s", (day, fault) => {
    expect(contactLines("user,time\nann,2016-03-01", now, oldest)).toMatchObject([{ time: oldest }]);
    const refused = new InvalidInput(`Line 3: the time ${fault}`);
    expect(() => contactLines(`user,time\nann,\nben,${day}`, now, oldest)).toThrow(refused);
  });

  it.each([
    ["sep=;\nuser;time\nann,1;2026-03-01\n", "ann,1"],
    ['"sep=|"\r\nuser|channel\r\nann|mail', "ann"],
    ["SEP=\\t\nuser\tchannel\nann\tmail", "ann"],
    ["sep=,\nuser\nann", "ann"],
  ])("are divided by what the first line names: %j", (text, user) => {
    expect(contactLines(text, now, oldest)).toMatchObject([{ userId: user }]);
  });

  it("are not in lines that a quote is open in, nor of a time that cannot be read", () => {
    const text = 'user,time\n"u1,2026-03-01\nu2,31.12.2025\nu3,2026-03-01\n';
    const { contacts, left } = readLines(text, now, oldest);
    expect(contacts.map(({ userId }) => userId)).toEqual(["u3"]);
    expect(left).toEqual([
      { number: 2, fault: "a quote is not closed: put each user on a line of its own." },
      { number: 3, fault: "31.12.2025 is not a time, such as 2026-03-01." },
    ]);
    expect(() => contactLines('"user,time\nann,', now, oldest)).toThrow("Line 1: a quote is not closed");
  });

  it("are as many as a request may have, below a heading or without one", () => {
    const lines = "a\n".repeat(mostContacts);
    expect(contactLines(`user\n${lines}`, now, oldest)).toHaveLength(mostContacts);
    expect(contactLines(lines, now, oldest)).toHaveLength(mostContacts);
    expect(contactLines(`sep=;\nuser;time\n${lines}`, now, oldest)).toHaveLength(mostContacts);
    expect(() => contactLines(`user\n${lines}a`, now, oldest)).toThrow(TooLarge);
    expect(() => contactLines(`${lines}a`, now, oldest)).toThrow(TooLarge);
    expect(() => contactLines(`sep=;\nuser;time\n${lines}a`, now, oldest)).toThrow(TooLarge);
  });

  it.each(["\n", "\r", "\r\n", "a\n"])("are not divided where there are far too many: 16 MB of %j", (line) => {
    const text = line.repeat((16 * 1024 * 1024) / line.length);
    expect(() => contactLines(text, now, oldest)).toThrow("blank ones included");
  });

  it("are no line of thousands of cells", () => {
    expect(() => contactLines(`user,time\nann,\n${",".repeat(10_001)}`, now, oldest)).toThrow(
      new InvalidInput("Line 3 is longer than 10000 characters: put each user on a line."),
    );
  });
});
