import { describe, expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

describe("fields", () => {
  const rows = ["ann", "bob", "cem"];
  it.each([
    [
      "a line that names the delimiter",
      "sep=;\r\nuser;time\r\nann;2025-01-01\r\nbob;2025-01-01\r\ncem;2025-01-01\r\n",
      1,
    ],
    ["carets", "user^time\nann^2025-01-01\nbob^2025-01-01\ncem^2025-01-01\n", 0],
    ["two bars", "user||time\nann||2025-01-01\nbob||2025-01-01\ncem||2025-01-01\n", 0],
    ["control characters", "user\u0001time\nann\u00012025-01-01\nbob\u00012025-01-01\ncem\u00012025-01-01\n", 0],
    [
      "single quotes",
      "'user';'time';'note'\n'ann';'2025-01-01';'a;b'\n'bob';'2025-01-01';'c'\n'cem';'2025-01-01';'d'\n",
      0,
    ],
    [
      "single quotes, and double ones in them",
      "'user','time','note'\n'ann','2025-01-01','it''s, \"a\"'\n'bob','2025-01-01','\"b'\n'cem','2025-01-01','c'\n",
      0,
    ],
    ["line ends of two kinds", "user,time\r\nann,2025-01-01\nbob,2025-01-01\r\ncem,2025-01-01\n", 0],
    [
      "two carriage returns at the ends of lines",
      "user,time\r\r\nann,2025-01-01\r\r\nbob,2025-01-01\r\r\ncem,2025-01-01\r\r\n",
      0,
    ],
    ["carriage returns", "user,time\rann,2025-01-01\rbob,2025-01-01\rcem,2025-01-01\r", 0],
    ["a comma after the last field", "user,time\nann,2025-01-01,\nbob,2025-01-01,\ncem,2025-01-01,\n", 0],
    [
      "numbers of rows that have no name",
      '"user","time"\n"1","ann","2025-01-01"\n"2","bob","2025-01-01"\n"3","cem","2025-01-01"\n',
      0,
    ],
    [
      "lines before the header",
      "Purchases\nas of today, by me\n\nuser,time,a\nann,2025-01-01,1\nbob,2025-01-01,1\ncem,2025-01-01,1\n",
      3,
    ],
  ])("are read with %s", async (_, content, preamble) => {
    const { users, account, notes } = await readContent(content);
    expect(users).toEqual(rows);
    expect(account.notRecords.preamble).toBe(preamble);
    expect(notes).not.toContain("have no name");
  });

  it("are told apart by what --delimiter names", async () => {
    expect((await readContent("user%time\nbob%2025-01-01\n", { delimiter: "%" })).users).toEqual(["bob"]);
  });

  it("may run over lines, with blank lines, comments and short rows between them, each of which is accounted for", async () => {
    const { users, places, account } = await readContent(
      '# made by x\nuser,time,note\nann,2025-01-01,"one\n\nthree, ""3"""\n\nbob,2025-01-02,x\n# a note\ncem,2025-01-03\n   \ndia,2025-01-04,"a, b"\n',
      { acceptRejected: true },
    );
    expect(users).toEqual(["ann", "bob", "dia"]);
    expect(places).toEqual(["line 3", "line 7", "line 11"]);
    expect(account).toMatchObject({
      read: 11,
      notRecords: { header: 1, preamble: 1, blank: 2, comment: 1, continued: 2 },
      rejected: [{ reason: "has 2 fields and not 3", count: 1, first: [{ place: "line 9", text: "cem,2025-01-03" }] }],
    });
  });

  it("swallow no rows where a quote never closes, whatever is quoted before and after", async () => {
    const good = (n: number) => `u${n},2025-01-01,"a, ""${n}"""\n`;
    const many = Array.from({ length: 400 }, (_, n) => good(n)).join("");
    const { items } = await readContent(
      `user,time,title\n${many}bob,2025-01-01,"Heroes\n${many}eva,2025-01-01,5"\n${many}`,
    );
    expect(items).toHaveLength(1_202);
    const tabs = await readContent(
      'user\ttime\ttitle\nann\t2025-01-01\tone\nben\t2025-01-02\t"Heroes\ncem\t2025-01-03\tLow "Heroes"\n',
    );
    expect(tabs.users).toEqual(["ann", "ben", "cem"]);
  });

  it("hold quotes in their middle, after a backslash, and where they should not be", async () => {
    const { users } = await readContent(
      'user,time,note\nann,2025-01-01,5" screen\nbob,2025-01-01,"say \\"hi, there\\""\ncem,2025-01-01,"b"z\ndia,2025-01-01,"x"\n',
    );
    expect(users).toEqual(["ann", "bob", "cem", "dia"]);
  });

  it("have a quote within quotes doubled, whatever backslashes stand before one", async () => {
    const json = (n: number) => `"u${n}","2025-01-01","{""title"": ""say \\""hi, ${n}\\""""}"\n`;
    const { users } = await readContent(`user,time,properties\n${[1, 2, 3].map(json).join("")}`);
    expect(users).toEqual(["u1", "u2", "u3"]);
    const path = await readContent(
      'user,time,note\nann,2025-01-01,"C:\\"\nbob,2025-01-01,"say ""hi"""\n"cem",2025-01-01,"say ""hi"", then"\n',
    );
    expect(path.users).toEqual(["ann", "bob", "cem"]);
  });

  it("have a backslash before a quote within quotes, and in some rows another quote", async () => {
    const json = (n: number) => `"u${n}","2025-01-01","{\\"title\\": \\"say, ${n}\\"}"\n`;
    const { users } = await readContent(
      `user,time,properties\n${[1, 2, 3].map(json).join("")}"ann","2025-01-01","say ""hi, there"""\n"bob","2025-01-01","C:\\"\n`,
    );
    expect(users).toEqual(["u1", "u2", "u3", "ann", "bob"]);
  });

  it("keep no quotes around them where another field of the row has one that should not be", async () => {
    const { users } = await readContent(
      'user,time,note\n"ann",2025-01-01,"b"z\n"bob",2025-01-01,"x\n"cem",2025-01-01,y\n',
    );
    expect(users).toEqual(["ann", "bob", "cem"]);
  });

  it.each([
    ["of three lines and more", ",", '"one\ntwo, and\n\nthree\nfour"'],
    ["with more of another delimiter in them", ";", '"Dear, dear, all\nthree, four\nfive, six, ""seven, eight"""'],
    ["of which a line has as many fields as a row", ",", '"one\ntwo, and, three\nfour, or, five"'],
    ["with the end of one in the line of the next", "\t", '"a\nb\nc\td"'],
  ])("may be texts %s", async (_, delimiter, text) => {
    const rows = Array.from({ length: 9 }, (__, n) => [`u${n}`, "2025-01-01", text].join(delimiter));
    const content = `${["user", "time", "text"].join(delimiter)}\n${rows.join("\n")}\n`;
    const { users, account } = await readContent(content);
    expect(users).toEqual(rows.map((row) => row.slice(0, 2)));
    expect(account.rejected).toEqual([]);
    expect((await readContent(content, { delimiter })).users).toEqual(users);
  });

  it.each([
    ["", 'ann,2025-01-01,"x"'],
    ["\ufeff", 'ann,2025-01-01,"x\n\ny"'],
  ])("may be the header once more, where files were put together: mark %j, row %j", async (mark, row) => {
    const part = `${mark}user,time,note\n${row}\n`;
    const { users, account } = await readContent(`${part}${part}`);
    expect(users).toEqual(["ann", "ann"]);
    expect(account).toMatchObject({ rejected: [], notRecords: { header: 2 } });
  });

  it("of the first rows may be fewer: they are rejected in the open, where no header follows", async () => {
    const rows = Array.from({ length: 20 }, (_, n) => `u${n},2025-01-01${n < 2 ? "" : ",a"}\n`);
    const { users, account, rejected } = await readContent(rows.join(""), { user: "1", time: "2" });
    expect(users).toHaveLength(18);
    expect(account.notRecords.preamble).toBe(0);
    expect(rejected).toEqual(["has 2 fields and not 3: u0,2025-01-01", "has 2 fields and not 3: u1,2025-01-01"]);
    const report = await readContent(`Report of,2025-01-01\nuser,time,action\n${rows.slice(2).join("")}`);
    expect(report.users).toHaveLength(18);
    expect(report.notes).toBe(
      "A line with other fields than the rest before the first row is left out: Report of,2025-01-01",
    );
  });

  it.each([100, 500])("may have %i columns", async (width) => {
    const further = Array.from({ length: width - 3 }, (_, n) => n);
    const rows = Array.from({ length: 3_000 }, (_, n) => ["ann", `2025-01-${10 + (n % 9)}`, "a", ...further].join(","));
    const header = ["user", "time", "action", ...further.map((n) => `f${n}`)].join(",");
    const { users, account } = await readContent([header, ...rows, header, ...rows].join("\n"));
    expect(users).toHaveLength(6_000);
    expect(account).toMatchObject({ rejected: [], notRecords: { header: 2 } });
  });

  it("stand below titles that are filled up to their width, and below a header that ends with a delimiter", async () => {
    const rows = ["u1,2025-01-01,a,1", "u2,2025-01-02,a,2", "u3,2025-01-03,a,3"].join("\n");
    const titled = await readContent(`Sales report,,,\n,,,\nuser,time,action,amount\n${rows}\n`);
    expect(titled.users).toEqual(["u1", "u2", "u3"]);
    expect(titled.items[2]?.value).toBe(3);
    expect(titled.account.notRecords).toMatchObject({ preamble: 2, header: 1 });
    expect(titled.notes).toContain(
      "2 lines with other fields than the rest before the first row are left out: Sales report",
    );
    const { users, account } = await readContent(`user,time,action,amount,\n${rows}\n`);
    expect(users).toEqual(["u1", "u2", "u3"]);
    expect(account).toMatchObject({ rejected: [], notRecords: { header: 1, preamble: 0 } });
  });

  it("are divided by what they show where the line before them announces something else", async () => {
    const { users, account } = await readContent("sep=;\nuser,time\nann,2025-01-01\nbob,2025-01-02\n");
    expect(users).toEqual(["ann", "bob"]);
    expect(account.notRecords).toMatchObject({ preamble: 1, header: 1 });
  });

  it.each([
    ["as they are", '="007";="2025-01-01";="login";="1.5"'],
    ["in quotes", '"=""007""";"=""2025-01-01""";"=""login""";"=""1.5"""'],
    ["below blank lines", '\n="007";="2025-01-01";="login";="1.5"'],
  ])("have texts that a spreadsheet is to keep, %s", async (_, row) => {
    const { items } = await readContent(`="user";time;action;amount\n${row}\n008;2025-01-02;view;2\n`);
    expect(items).toMatchObject([
      { user_id: "007", timestamp: Date.parse("2025-01-01"), action: "login", value: 1.5 },
      { user_id: "008", action: "view", value: 2 },
    ]);
  });

  it("may begin with #, as orders do: lines with all fields and a time are no comments", async () => {
    const orders = Array.from({ length: 9 }, (_, n) => `#100${n},u${n},2025-01-01\n# note ${n}, of us, here\n`);
    const { users, account, notes } = await readContent(`# export\norder,user,time\n${orders.join("")}`);
    expect(users).toHaveLength(9);
    expect(account.notRecords).toMatchObject({ preamble: 1, comment: 9 });
    expect(notes).toBe("9 lines that begin with # are left out as comments, such as line 4: # note 0, of us, here");
    const quoted = await readContent(
      '# export\n"order","user","time"\n"#1001","u1","2025-01-01"\n#1002,"u2","2025-01-01"\n#1003,u3,2025-01-01\n',
    );
    expect(quoted.users).toHaveLength(3);
  });

  it("are read from many rows of several lines in bounded memory, wherever a quote does not close", async () => {
    const text = (n: number) => (n % 1_000 === 7 ? '"never closed' : `"one ${n}\ntwo, 2025, three"`);
    const rows = Array.from({ length: 30_000 }, (_, n) => `u${n},2025-01-01,${text(n)}`);
    const { users, account } = await readContent(`user,time,text\n${rows.join("\n")}\n`);
    expect(users).toHaveLength(30_000);
    expect(account.notRecords.continued).toBe(29_970);
  });

  it("are told that the header has no name for, as where a decimal comma divides an amount", async () => {
    const rows = [1, 2, 3].map((n) => `u${n},2025-01-0${n},1${n},5${n}\n`).join("");
    const { notes, items } = await readContent(`user,time,amount\n${rows}`);
    expect(notes).toContain(
      'The header names 3 columns, and rows have 4 fields: the last, such as "51", have no name.',
    );
    expect(items[0]?.value).toBe(11);
    expect((await readContent(`user,time,amount\n${rows.replaceAll(/,5\d/g, ",")}`)).notes).toBe("");
  });
});
