import { expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

it.each([
  ["Oracle", "dd-MMM-yy h.mm.ss.SSS a", ["03-JAN-25 08.15.30.000000 AM", "14-JAN-25 11.46.30.500000 PM"]],
  ["Italy", "dd/MM/yyyy HH.mm.ss", ["03/01/2025 08.15.30", "14/01/2025 23.46.30"]],
  ["Mexico", "dd/MM/yyyy h:mm:ss a", ["03/01/2025 08:15:30 a. m.", "14/01/2025 11:46:30 p. m."]],
  ["Hungary", "yyyy.MM.dd HH:mm:ss", ["2025.01.03. 08:15:30", "2025.01.14. 23:46:30"]],
  ["Korea", "yyyy.MM.dd HH:mm:ss", ["2025. 1. 3. 08:15:30", "2025. 1. 14. 23:46:30"]],
  ["Japan", "yyyy年MM月dd日 HH:mm:ss", ["2025年1月3日 08:15:30", "2025年1月14日 23:46:30"]],
  ["Go", "ISO 8601", ["2025-01-03 10:15:30.123456789 +0200 CEST", "2025-01-14 23:46:30 +0000 UTC"]],
  ["ISO 8601 by weeks", "ISO 8601", ["2025-W01-5T08:15:30", "2025-W03-2T23:46:30Z"]],
  ["ISO 8601 by days of the year", "ISO 8601", ["2025-003T08:15:30", "2025-014 23:46:30"]],
  ["SAS", "ddMMMyyyy:HH:mm:ss", ["03JAN2025:08:15:30", "14JAN2025:23:46:30"]],
  ["Stata", "dd MMM yyyy HH:mm:ss", ["03jan2025 08:15:30", "14jan2025 23:46:30"]],
  ["Java", "ISO 8601", ["2025-01-03T09:15:30+01:00[Europe/Paris]", "2025-01-14T23:46:30Z[UTC]"]],
  ["DB2", "yyyy-MM-dd HH.mm.ss.SSS", ["2025-01-03-08.15.30.000000", "2025-01-14-23.46.30.999999"]],
  ["SQL Server, style 109", "MMM dd, yyyy h:mm:ss:SSS a", ["Jan  3 2025  8:15:30:000AM", "Jan 14 2025 11:46:30:120PM"]],
  ["SQL Server, style 113", "dd MMM yyyy HH:mm:ss:SSS", ["03 Jan 2025 08:15:30:000", "14 Jan 2025 23:46:30:120"]],
  ["log4net", "yyyy-MM-dd HH:mm:ss:SSS", ["2025-01-03 08:15:30:123", "2025-01-14 23:46:30:999"]],
  ["FIX", "yyyymmdd-HH:mm:ss.SSS", ["20250103-08:15:30.123", "20250114-23:46:30.999"]],
  ["names of files", "yyyymmdd_HHMMSS", ["20250103_081530", "20250114_234630"]],
  [".NET's JSON", "epoch milliseconds", ["/Date(1735892130000)/", "/Date(1736898390000+0200)/"]],
  ["Kibana", "epoch seconds", ["1,735,892,130", "1,736,898,390"]],
  ["Kibana, in milliseconds", "epoch milliseconds", ["1,735,892,130,000", "1,736,898,390,000"]],
  ["Switzerland", "epoch seconds", ["1\u2019735\u2019892\u2019130", "1\u2019736\u2019898\u2019390"]],
  [
    "Windows, with marks of direction",
    "MM/dd/yyyy HH:mm:ss",
    [
      "\u200e01\u200e/\u200e03\u200e/\u200e2025 \u200f\u200e08:15:30",
      "\u200e01\u200e/\u200e14\u200e/\u200e2025 \u200f\u200e23:46:30",
    ],
  ],
  ["Taiwan", "yyyy-MM-dd h:mm:ss a", ["2025/1/3 上午 08:15:30", "2025/1/14 下午 11:46:30"]],
  ["Korea, by 12 hours", "yyyy.MM.dd h:mm:ss a", ["2025. 1. 3. 오전 8:15:30", "2025. 1. 14. 오후 11:46:30"]],
  [
    "Apache's log of errors",
    "EEE MMM dd HH:mm:ss yyyy",
    ["[Fri Jan 03 08:15:30.000000 2025]", "[Tue Jan 14 23:46:30.123456 2025]"],
  ],
  ["Kibana's Discover", "MMM dd, yyyy HH:mm:ss.SSS", ["Jan 3, 2025 @ 08:15:30.000", "Jan 14, 2025 @ 23:46:30.999"]],
  ["Germany", "dd.MM.yyyy HH:mm:ss", ["03.01.2025 um 08:15:30 Uhr", "14.01.2025, 23:46:30 Uhr"]],
  ["France", "dd/MM/yyyy HH:mm:ss", ["03/01/2025 à 08h15min30s", "14/01/2025 23h46m30"]],
  ["Italy, in words", "dd/MM/yyyy HH:mm:ss", ["03/01/2025 ore 08:15:30", "14/01/2025 alle 23:46:30"]],
  ["Sweden", "yyyy-MM-dd HH.mm.ss", ["2025-01-03 kl. 08.15.30", "2025-01-14 kl 23.46.30"]],
  ["Bulgaria", "dd.MM.yyyy HH:mm:ss", ["3.1.2025 г. 8:15:30 ч.", "14.1.2025 г. 23:46:30 ч."]],
  ["Vietnam", "dd/MM/yyyy h:mm:ss a", ["03/01/2025 8:15:30 SA", "14/01/2025 11:46:30 CH"]],
  ["Greece", "dd/MM/yyyy h:mm:ss a", ["3/1/2025 8:15:30 πμ", "14/1/2025 11:46:30 μ.μ."]],
  ["Egypt", "dd/MM/yyyy h:mm:ss a", ["03/01/2025 08:15:30 ص", "14/01/2025 11:46:30 م"]],
  ["China, by signs", "yyyy年MM月dd日 HH:mm:ss", ["2025年1月3日 星期五 8时15分30秒", "2025年1月14日23时46分30秒"]],
  ["Japan, by days", "ISO 8601", ["2025/01/03(金) 08:15:30", "2025/01/14(火) 23:46:30"]],
  [
    "Japan, in wide digits",
    "ISO 8601",
    ["２０２５／０１／０３　０８：１５：３０", "２０２５-０１-１４ ２３:４６:３０"],
  ],
  ["Korea, by signs", "ISO 8601", ["2025년 1월 3일 08시 15분 30초", "2025년 1월 14일 23시 46분 30초"]],
  [
    "Google's Takeout",
    "MMM dd, yyyy h:mm:ss a XXX",
    ["Jan 3, 2025, 9:15:30\u202fAM GMT+1", "Jan 15, 2025, 5:16:30 AM GMT+5:30"],
  ],
  ["JavaScript's locales", "ISO 8601", ["2025-01-03 16:15:30 (UTC+8)", "2025-01-14 12:46:30 GMT-11"]],
  ["eBay", "MMM dd, yyyy HH:mm:ss", ["Jan-03-2025 08:15:30", "Jan-14-2025 23:46:30"]],
  ["Python with a Z behind", "ISO 8601", ["2025-01-03T08:15:30.000000+00:00Z", "2025-01-14T23:46:30+00:00Z"]],
  ["Go with its other clock", "ISO 8601", ["2025-01-03 08:15:30.5 +0000 UTC m=+0.01", "2025-01-15 02:46:30 +0300 +03"]],
  ["LDAP and HL7", "yyyymmdd HHMMSS Z or yyyymmdd HHMMSS XXX", ["20250103081530.0Z", "20250115004630+0100"]],
  [
    "Trino",
    "yyyy-MM-dd HH:mm:ss.SSS VV",
    ["2025-01-03 09:15:30.000 Europe/Berlin", "2025-01-14 18:46:30.000 America/New_York"],
  ],
  ["Wikipedia", "RFC 2822", ["08:15:30, 3 January 2025 (UTC)", "23:46:30, 14 January 2025 (UTC)"]],
  ["a clock before its date", "dd/MM/yyyy HH:mm:ss", ["08:15:30 03/01/2025", "23:46:30 14/01/2025"]],
  ["a dash between", "ISO 8601", ["2025-01-03 - 08:15:30", "2025-01-14 \u2013 23:46:30"]],
  ["a log, in brackets", "ISO 8601", ["[2025-01-03 08:15:30]", "[2025-01-14T23:46:30Z]"]],
  ["pictures", "ISO 8601", ["2025:01:03 08:15:30", "2025:01:14 23:46:30"]],
])("reads times as %s writes them", async (_, name, texts) => {
  const { items, columns } = await readContent(`user;time\n${texts.map((text) => `ann;${text}\n`).join("")}`);
  expect(columns).toContain(`time → time (${name})`);
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 19))).toEqual([
    "2025-01-03T08:15:30",
    "2025-01-14T23:46:30",
  ]);
});

it.each([
  ["German", ["3. März 2024", "15. Okt. 2024", "1 Dez 2024", "Do, 30. Mai 2024"]],
  ["French", ["3 mars 2024", "15 oct. 2024", "1er décembre 2024", "jeudi 30 mai 2024"]],
  ["Spanish", ["3 de marzo de 2024", "15-oct-2024", "1 dic 2024", "jueves, 30 de mayo de 2024"]],
  ["Italian", ["3 marzo 2024", "15 ott 2024", "1º dicembre 2024", "giovedì 30 maggio 2024"]],
  ["Portuguese", ["3 de março de 2024", "15/out/2024", "1 dez. 2024", "30 de maio de 2024"]],
  ["Dutch", ["3 maart 2024", "15 okt. 2024", "1 december 2024", "donderdag 30 mei 2024"]],
  ["Polish", ["3 marca 2024", "15 paź 2024", "1 grudnia 2024", "30 maja 2024"]],
  ["Swedish", ["3 mars 2024", "15 okt. 2024", "1 december 2024", "30 maj 2024"]],
  ["Turkish", ["3 Mart 2024", "15 Eki 2024", "1 Aralık 2024", "30 Mayıs 2024"]],
  ["Hungarian", ["2024. március 3.", "2024. okt. 15.", "2024. december 1.", "2024. Május 30."]],
  ["Russian", ["3 марта 2024", "15 окт. 2024", "1 декабря 2024", "30 мая 2024"]],
])("reads dates with the months of %s", async (_, texts) => {
  const { items, columns } = await readContent(`user;time\n${texts.map((text) => `ann;${text}\n`).join("")}`);
  expect(columns).toContain("months by name");
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 10))).toEqual([
    "2024-03-03",
    "2024-10-15",
    "2024-12-01",
    "2024-05-30",
  ]);
});

it.each([
  ["Italian", "mar 4 giu 2024", "mer 5 giu 2024", "ven 7 giu 2024"],
  ["French", "mar. 4 juin 2024", "mer. 5 juin 2024", "le ven. 7 juin 2024"],
  ["Spanish", "mar, 4 jun 2024", "mié, 5 jun 2024", "vie, 7 jun 2024"],
  ["Portuguese", "terça-feira, 4 de junho de 2024", "qua, 5 de junho de 2024", "sex., 7 de jun. de 2024"],
  ["Dutch", "di 4 jun 2024", "wo 5 juni 2024", "vr 7 jun. 2024"],
  ["Swedish", "tis 4 juni 2024", "ons 5 juni 2024", "fre 7 juni 2024"],
  ["Polish", "wt. 4 cze 2024", "śr. 5 cze 2024", "pt. 7 czerwca 2024"],
  ["Czech", "út 4. června 2024", "st 5. června 2024", "pá 7. června 2024"],
  ["Russian", "Вт, 4 июня 2024", "СР, 5 ИЮНЯ 2024", "пт, 7 июня 2024"],
  ["Turkish, in capitals", "SALI 4 HAZİRAN 2024", "5 HAZİRAN 2024", "7 Haziran 2024"],
])("drops the name of the day before a date, though it may be that of a month: %s", async (_, ...texts) => {
  const { items } = await readContent(`user;time\n${texts.map((text) => `ann;${text}\n`).join("")}`);
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 10))).toEqual([
    "2024-06-04",
    "2024-06-05",
    "2024-06-07",
  ]);
});

it.each([
  ["decomposed letters", "4. Ma\u0308rz 2024", "2024-03-04"],
  ["capitals with a dot", "7 EKİM 2024", "2024-10-07"],
  ["capitals without one", "7 KASIM 2024", "2024-11-07"],
  ["another case of Czech", "4. listopadu 2024", "2024-11-04"],
  ["a month before the day", "Mar 4, 2024", "2024-03-04"],
])("reads dates in %s", async (_, text, day) => {
  const { items } = await readContent(`user;time\nann;${text}\nben;${text}\n`);
  expect(items.map(({ timestamp }) => timestamp)).toEqual([Date.parse(day), Date.parse(day)]);
});

it("reads names of months that only later rows show not to be English", async () => {
  const row = (date: string) => `ann;${date} 09:30 Uhr\n`;
  const { items, columns } = await readContent(
    `user;time\n${row("3. April 2024").repeat(2_500)}${row("4. Mai 2024")}${row("5. Oktober 2024")}`,
  );
  expect(columns).toContain("time → time (dd MMM yyyy HH:mm, months by name)");
  expect(items).toHaveLength(2_502);
  expect(items.at(-1)?.timestamp).toBe(Date.parse("2024-10-05T09:30:00Z"));
});

it("reads a time of day of which each number has as many digits as it needs", async () => {
  const times = ["2025-1-3 8:5:3", "2025-1-3 18:15:3", "2025-1-3 8:5", "2025-01-03 08:05:30"];
  const { items } = await readContent(`user;time\n${times.map((text) => `ann;${text}\n`).join("")}`);
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(11, 19))).toEqual([
    "08:05:03",
    "18:15:03",
    "08:05:00",
    "08:05:30",
  ]);
});

it("takes numbers with commas for times by the name of their column only", async () => {
  const rows = [1, 2, 3].map((n) => `u${n};"1,735,892,13${n}";0${n}.01.2025\n`).join("");
  const { columns } = await readContent(`user;sum;at\n${rows}`, { timeFormat: "dmy" });
  expect(columns).toContain("at → time");
  expect(await refusalOf(`user;sum;amount\n${rows.replaceAll(/\d\d\.01\.2025/g, "1")}`)).toContain(
    "which column holds the time",
  );
});

it("takes no word for a month that is none, and no number of an invoice for a date", async () => {
  const { items, columns } = await readContent(
    "user,date,note,invoice\nann,2024-05-01,3 rue de mars 2024 a,2024-001\nbob,2024-05-02,4 rue de mai 2024 b,2024-002\n",
  );
  expect(columns).toContain("date → time (ISO 8601)");
  expect(items.map(({ timestamp }) => timestamp)).toEqual([Date.parse("2024-05-01"), Date.parse("2024-05-02")]);
  const { account } = await readContent("user;time\nann;3 mars 2024\nbob;4 brumaire 2024\ncy;5 mai 2024\n", {
    acceptRejected: true,
  });
  expect(account).toMatchObject({ actions: 2, rejected: [{ reason: "the time cannot be read", count: 1 }] });
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
