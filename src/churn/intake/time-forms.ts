import {
  anyZone,
  clocks24,
  type DatePiece,
  formsOf,
  namedZone,
  offsetZones,
  type TimeForm,
  utcZone,
  zoneless,
} from "./time-form.ts";

/** What dates are made of. */
export const year = "([0-9]{4})";
export const month = "(0?[1-9]|1[0-2])";
export const day = "(0?[1-9]|[12][0-9]|3[01])";
export const monthName = "([JFMASONDjfmasond][a-z][a-z]|[JFMASOND][A-Z][A-Z])[A-Za-z]{0,6}\\.?";
export const weekday = "(?:[A-Z][A-Za-z]{2,8}\\.?,? +)";

export const isoDates: readonly DatePiece[] = ["-", "/"].map((mark) => ({
  name: "ISO 8601",
  pattern: `${year}${mark}${month}${mark}${day}`,
  parts: ["year", "month", "day"],
}));

/** ISO 8601 with its usual liberties: a blank for the T, slashes, one digit for two, a decimal comma. */
export const isoForms: readonly TimeForm[] = isoDates.flatMap((date) =>
  formsOf(date, { pattern: "[Tt ]", name: " " }, { name: "ISO 8601", clocks: clocks24, zones: anyZone }),
);

const century = "((?:19|20)[0-9]{2})";

/** ISO 8601's dates by week (2024-W05-3, 2024W053) and by the day of the year (2024-032). */
const weekDates: readonly DatePiece[] = ["-", ""].map((mark) => ({
  name: "ISO 8601",
  pattern: `${century}${mark}W(0[1-9]|[1-4][0-9]|5[0-3])${mark}([1-7])`,
  parts: ["year", "week", "weekDay"],
}));
const ordinalDate: DatePiece = {
  name: "ISO 8601",
  pattern: `${century}-([0-2][0-9]{2}|3[0-5][0-9]|36[0-6])`,
  parts: ["year", "dayOfYear"],
};
/** A date alone of these is not told from a number, such as that of an invoice, but by what its column is called. */
export const ordinalForms: readonly TimeForm[] = formsOf(
  ordinalDate,
  { pattern: "[Tt ]", name: " " },
  { name: "ISO 8601", clocks: clocks24, zones: anyZone },
);
const otherIsoForms: readonly TimeForm[] = [
  ...weekDates.flatMap((date) =>
    formsOf(date, { pattern: "[Tt ]", name: " " }, { name: "ISO 8601", clocks: clocks24, zones: anyZone }),
  ),
  ...ordinalForms,
];
const twoMonth = "(0[1-9]|1[0-2])";
const twoDay = "(0[1-9]|[12][0-9]|3[01])";
export const compactDate: DatePiece = {
  name: "yyyymmdd",
  pattern: `${century}${twoMonth}${twoDay}`,
  parts: ["year", "month", "day"],
};
const twoHour = "([01][0-9]|2[0-3])";
const two = "([0-5][0-9])";

/** Of digits alone, but for a point: no other form of a single value is. */
export const digitForms: readonly TimeForm[] = formsOf(
  compactDate,
  { pattern: "", name: "" },
  {
    clocks: [
      { name: "HH", pattern: twoHour, parts: ["hour"] },
      { name: "HHMM", pattern: `${twoHour}${two}`, parts: ["hour", "minute"] },
      { name: "HHMMSS", pattern: `${twoHour}${two}${two}`, parts: ["hour", "minute", "second"] },
      {
        name: "HHMMSSsss",
        pattern: `${twoHour}${two}${two}\\.?([0-9]{3})`,
        parts: ["hour", "minute", "second", "fraction"],
      },
    ],
    zones: [zoneless],
  },
).map(withoutFraction);

/** Digits only, as analytics tools write them; also ISO 8601's basic form. None of them is a likely epoch time. */
export const compactForms: readonly TimeForm[] = [
  ...digitForms,
  ...formsOf(
    compactDate,
    { pattern: "[T ]", name: " " },
    {
      clocks: [
        { name: "HHMM", pattern: `${twoHour}:?${two}`, parts: ["hour", "minute"] },
        { name: "HHMMSS", pattern: `${twoHour}:?${two}:?${two}`, parts: ["hour", "minute", "second"] },
        {
          name: "HHMMSS.sss",
          pattern: `${twoHour}:?${two}:?${two}[.,]([0-9]{1,6})[0-9]*`,
          parts: ["hour", "minute", "second", "fraction"],
        },
      ],
      zones: anyZone,
    },
  ).slice(1),
];

/** `Fri, 01 Mar 2024 09:30:00 GMT`, as in mail and in HTTP. */
export const mailForms: readonly TimeForm[] = formsOf(
  { name: "RFC 2822", pattern: `${weekday}?${day} ${monthName} ${year}`, parts: ["day", "monthName", "year"] },
  { pattern: " ", name: " " },
  { name: "RFC 2822", clocks: clocks24, zones: [utcZone, ...offsetZones, namedZone] },
)
  .slice(1)
  // The name of the zone as a comment: +0000 (UTC).
  .map((form) => ({ ...form, pattern: `${form.pattern}(?: \\([A-Za-z ]{1,40}\\))?` }));

/** What names one moment whatever else its column holds: all that a single value, as one over HTTP, may be. */
export const plainForms: readonly TimeForm[] = [...isoForms, ...compactForms, ...mailForms, ...otherIsoForms];

/** Digits that a program took for a number: 20240301.0. */
function withoutFraction(form: TimeForm): TimeForm {
  return form.parts.includes("fraction") ? form : { ...form, pattern: `${form.pattern}(?:\\.0+)?` };
}
