import {
  anyZone,
  clocks12,
  clocks24,
  type DatePiece,
  dottedClocks,
  formsOf,
  type Joint,
  looseClocks,
  offsetZones,
  regionZone,
  type TimeForm,
  zoneless,
} from "./time-form.ts";
import { compactDate, day, isoDates, month, monthName, weekday, year } from "./time-forms.ts";

const year2 = "([0-9]{2})";
const gap: Joint = { pattern: "(?:,? ?[T ] ?| at |, at )", name: " " };
const any = { clocks: [...clocks24, ...clocks12], zones: anyZone };

const numericDates: readonly DatePiece[] = ["/", "-", "\\."].flatMap((mark): DatePiece[] => {
  const m = mark.replace("\\", "");
  const piece = (name: string, patterns: readonly string[], parts: DatePiece["parts"], order: DatePiece["order"]) => ({
    name: name.replaceAll("/", m),
    pattern: patterns.join(mark),
    parts,
    order,
  });
  return [
    piece("dd/MM/yyyy", [day, month, year], ["day", "month", "year"], "dmy"),
    piece("MM/dd/yyyy", [month, day, year], ["month", "day", "year"], "mdy"),
    piece("dd/MM/yy", [day, month, year2], ["day", "month", "shortYear"], "dmy"),
    piece("MM/dd/yy", [month, day, year2], ["month", "day", "shortYear"], "mdy"),
    piece("yy/MM/dd", [year2, month, day], ["shortYear", "month", "day"], "ymd"),
  ];
});

const namedDates: readonly DatePiece[] = [
  {
    name: "dd MMM yyyy",
    pattern: `${weekday}?${day}(?:st|nd|rd|th)?[ /.-]? ?(?:of )?${monthName},?[ /.-]?${year}`,
    parts: ["day", "monthName", "year"],
  },
  {
    name: "dd-MMM-yy",
    pattern: `${weekday}?${day}[ /-]${monthName}[ /-]'?${year2}`,
    parts: ["day", "monthName", "shortYear"],
  },
  {
    name: "MMM dd, yyyy",
    pattern: `${weekday}?${monthName}(?: +|-)${day}(?:st|nd|rd|th)?(?:,? |-)${year}`,
    parts: ["monthName", "day", "year"],
  },
  { name: "MMM-dd-yy", pattern: `${monthName}-${day}-${year2}`, parts: ["monthName", "day", "shortYear"] },
  { name: "yyyy-MMM-dd", pattern: `${year}[ /-]${monthName}[ /-]${day}`, parts: ["year", "monthName", "day"] },
];

/**
 * Forms that only the evidence of a whole column may be read by, or that no API writes. There are more than a thousand, in a module of their
 * own: what takes single actions starts without them.
 */
export const columnForms: readonly TimeForm[] = [
  ...numericDates.flatMap((date) => formsOf(date, gap, any)),
  ...namedDates.flatMap((date) => formsOf(date, gap, any)),
  ...[...numericDates, ...namedDates].flatMap((date) =>
    formsOf(date, gap, { clocks: dottedClocks, zones: [zoneless, ...offsetZones] }).slice(1),
  ),
  // 2025-01-03-08.15.30.123456, of DB2.
  ...isoDates.flatMap((date) =>
    formsOf(
      { ...date, name: "yyyy-MM-dd" },
      { pattern: "[T -]", name: " " },
      { clocks: dottedClocks, zones: [zoneless, ...offsetZones] },
    ).slice(1),
  ),
  ...[...numericDates, ...namedDates, ...isoDates.map((date) => ({ ...date, name: "yyyy-MM-dd" }))].flatMap((date) =>
    formsOf(date, gap, { clocks: looseClocks, zones: [zoneless] }).slice(1),
  ),
  // 20250103-08:15:30.123, of FIX, and 20250103_081530, of names of files. With neither sign it is a number, of an order say.
  ...formsOf(compactDate, { pattern: "-", name: "-" }, { clocks: clocks24, zones: [zoneless] }).slice(1),
  ...formsOf(
    compactDate,
    { pattern: "_", name: "_" },
    {
      clocks: [
        { name: "HHMMSS", pattern: "([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])", parts: ["hour", "minute", "second"] },
      ],
      zones: [zoneless],
    },
  ).slice(1),
  // With a dot and a blank behind each in Korea and Hungary, and with signs for year, month and day in China and Japan.
  ...formsOf(
    { name: "yyyy.MM.dd", pattern: `${year}\\. ?${month}\\. ?${day}\\.?`, parts: ["year", "month", "day"] },
    gap,
    any,
  ),
  ...formsOf(
    { name: "yyyy年MM月dd日", pattern: `${year}年${month}月${day}日`, parts: ["year", "month", "day"] },
    gap,
    any,
  ),
  // 01JAN2025:09:30:00, of SAS.
  ...formsOf(
    { name: "ddMMMyyyy", pattern: `${day}${monthName}${year}`, parts: ["day", "monthName", "year"] },
    { pattern: ":", name: ":" },
    { clocks: clocks24, zones: [zoneless] },
  ).slice(1),
  ...isoDates.flatMap((date) =>
    formsOf({ ...date, name: "yyyy-MM-dd" }, gap, { clocks: clocks12, zones: anyZone }).slice(1),
  ),
  ...isoDates.flatMap((date) =>
    formsOf(
      { ...date, name: "yyyy-MM-dd" },
      { pattern: "[T ]", name: " " },
      { clocks: clocks24, zones: [regionZone] },
    ).slice(1),
  ),
  // [10/Oct/2000:13:55:36 -0700], of Apache and its kin.
  ...formsOf(
    { name: "[dd/MMM/yyyy", pattern: `\\[?${day}/${monthName}/${year}`, parts: ["day", "monthName", "year"] },
    { pattern: ":", name: ":" },
    {
      clocks: clocks24,
      zones: anyZone.map((zone) => ({
        ...zone,
        pattern: `${zone.pattern}\\]?`,
        name: `${zone.name}]`,
      })),
    },
  ).slice(1),
  ...yearLast(),
];

/** `Fri Mar 01 09:30:00 2024` of ctime, with a zone before the year as Twitter has it, or as JavaScript prints a Date. */
function yearLast(): TimeForm[] {
  const parts = ["monthName", "day", "hour", "minute", "second"] as const;
  const start = `${weekday}?${monthName} +${day}`;
  const clock = "([01]?[0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])";
  return anyZone.flatMap((zone): TimeForm[] => [
    {
      name: "EEE MMM dd HH:mm:ss yyyy",
      pattern: `${start} ${clock}${zone.pattern} ${year}`,
      parts: [...parts, ...zone.parts, "year"],
      isZoned: zone.isZoned,
      zoneOffset: zone.offset,
    },
    {
      name: "EEE MMM dd yyyy HH:mm:ss",
      pattern: `${start} ${year} ${clock}${zone.pattern}(?: \\(.*\\))?`,
      parts: ["monthName", "day", "year", "hour", "minute", "second", ...zone.parts],
      isZoned: zone.isZoned,
      zoneOffset: zone.offset,
    },
  ]);
}
