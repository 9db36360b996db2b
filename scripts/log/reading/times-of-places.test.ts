import { expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

it.each([
  ["Oracle", "dd-MMM-yy h.mm.ss.SSS a", ["03-JAN-25 08.15.30.000000 AM", "14-JAN-25 11.46.30.500000 PM"]],
  ["Italy", "dd/MM/yyyy HH.mm.ss", ["03/01/2025 08.15.30", "14/01/2025 23.46.30"]],
  ["Mexico", "dd/MM/yyyy h:mm:ss a", ["03/01/2025 08:15:30 a. m.", "14/01/2025 11:46:30 p. m."]],
  ["Hungary", "yyyy.MM.dd HH:mm:ss", ["2025.01.03. 08:15:30", "2025.01.14. 23:46:30"]],
  ["Korea", "yyyy.MM.dd HH:mm:ss", ["2025. 1. 3. 08:15:30", "2025. 1. 14. 23:46:30"]],
  ["Japan", "yyyy年MM月dd日 HH:mm:ss", ["2025年1月3日 08:15:30", "2025年1月14日 23:46:30"]],
  ["Go", "ISO 8601", ["2025-01-03 10:15:30.123456789 +0200 CEST", "2025-01-14 23:46:30 +0000 UTC"]],
  ["Java", "ISO 8601", ["2025-01-03T09:15:30+01:00[Europe/Paris]", "2025-01-14T23:46:30Z[UTC]"]],
])("reads times as %s writes them", async (_, name, texts) => {
  const { items, columns } = await readContent(`user;time\n${texts.map((text) => `ann;${text}\n`).join("")}`);
  expect(columns).toContain(`time → time (${name})`);
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 19))).toEqual([
    "2025-01-03T08:15:30",
    "2025-01-14T23:46:30",
  ]);
});

it("knows the columns of spreadsheets in German and Spanish", async () => {
  const german =
    "Kundennr;Datum;Uhrzeit;Aktion;Betrag\n12;31.12.2024;23:30;Kauf;1.079,50 €\n13;1.1.2025;0:05;Kauf;3,20 €\n";
  const { items, columns } = await readContent(german);
  expect(columns).toMatch(/^Kundennr → user, Datum and Uhrzeit → time .*, Aktion → action, Betrag → value/);
  expect(items[0]).toMatchObject({ user_id: "12", timestamp: Date.parse("2024-12-31T23:30:00Z"), value: 1079.5 });
  expect((await readContent("Cliente,Fecha,Importe\nana,2025-01-02,3\n")).columns).toMatch(
    /^Cliente → user, Fecha → time .*, Importe → value/,
  );
});
