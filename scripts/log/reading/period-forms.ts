import type { TimeForm, TimePart } from "#churn/intake/time-form.ts";
import { month, monthName } from "#churn/intake/time-forms.ts";
import { wholeText } from "./shaped-forms.ts";

const year = "((?:19|20)[0-9]{2})";
const shortYear = "'?([0-9]{2})";
const twoMonth = "(0[1-9]|1[0-2])";

const months: readonly (readonly [name: string, pattern: string, parts: readonly TimePart[]])[] = [
  ["yyyy-MM", `${year}[-/.]${month}`, ["year", "month"]],
  ["yyyyMM", `${year}${twoMonth}(?:\\.0+)?`, ["year", "month"]],
  // As offices of statistics write it.
  ["yyyyMMM", `${year} ?[Mm]${month}`, ["year", "month"]],
  ["MM/yyyy", `${month}[-/.]${year}`, ["month", "year"]],
  ["MMM yyyy", `${monthName},?[ /-]?${year}`, ["monthName", "year"]],
  ["MMM-yy", `${monthName}[ /-]?${shortYear}`, ["monthName", "shortYear"]],
  ["yyyy-MMM", `${year}[ /-]?${monthName}`, ["year", "monthName"]],
];

const quarters = ["01", "04", "07", "10"].flatMap((firstMonth, quarter): TimeForm[] => {
  const [name, mark] = ["yyyy-Qq", `[Qq]${quarter + 1}`];
  const rest = { parts: ["year"], firstMonth, isZoned: false } as const;
  return [
    { name, pattern: `${year}[ /-]?${mark}`, ...rest },
    { name, pattern: `${mark}[ /-]?${year}`, ...rest },
  ];
});

/** Weeks of ISO 8601. */
const weeks: TimeForm = {
  name: "yyyy-Www",
  pattern: `${year}[ -]?[Ww](0[1-9]|[1-4][0-9]|5[0-3])`,
  parts: ["year", "week"],
  isZoned: false,
};

/** Forms of whole months, quarters and weeks, in whose place their first day is read. */
const periodForms: readonly TimeForm[] = [
  ...months.map(([name, pattern, parts]): TimeForm => ({ name, pattern, parts, isZoned: false })),
  ...quarters,
  weeks,
];

const compiled = periodForms.map((form) => ({ form, pattern: wholeText(form.pattern) }));

/** The forms in which all of some texts name a whole month, quarter or week; none if one of them does not. */
export function periodFormsOf(texts: readonly string[]): readonly TimeForm[] {
  const found = texts.map((text) => compiled.find(({ pattern }) => pattern.test(text))?.form);
  const known = new Set(found.filter((form) => form !== undefined));
  return found.includes(undefined) ? [] : periodForms.filter((form) => known.has(form));
}

/** What forms name the whole of: `month`, `quarter`, `week`; undefined where they name a day at least. */
export function periodOf(forms: readonly TimeForm[]): string | undefined {
  const [first] = forms;
  if (first === undefined || first.parts.some((part) => part === "day" || part === "dayOfYear" || part === "weekDay"))
    return undefined;
  if (first.firstMonth !== undefined) return "quarter";
  return first.parts.includes("week") ? "week" : "month";
}

const weekWords = ["week", "yearweek", "isoweek", "kw", "woche", "semaine", "semana", "settimana"];
const periodWords: ReadonlySet<string> = new Set([
  ...["month", "months", "yearmonth", "yyyymm", "period", "periode", "quarter", "cohort", ...weekWords],
  ...["monat", "mois", "mes", "mese", "maand", "quartal", "trimestre"],
]);

/** Whether a column is called by a period, of which its texts may be: a year and the number of a week could be taken for a month. */
export function isPeriodName(words: readonly string[], texts: readonly string[]): boolean {
  const mayBe = !words.some((word) => weekWords.includes(word)) || texts.some((text) => !/^[0-9.]+$/.test(text));
  return mayBe && words.some((word) => periodWords.has(word));
}
