import { InvalidInput } from "#churn/failure.ts";
import { namedZone, type TimeForm, type TimePart } from "#churn/intake/time-form.ts";

/** Both spellings of each part: as in Java and Unicode (TR 35), and as in strftime. */
const tokens: readonly (readonly [part: TimePart | "weekday" | "zone", unicode: string, strftime: string])[] = [
  ["year", "yyyy", "%Y"],
  ["shortYear", "yy", "%y"],
  ["monthName", "MMMM", "%B"],
  ["monthName", "MMM", "%b"],
  ["month", "MM", "%m"],
  ["month", "M", "%m"],
  ["weekday", "EEEE", "%A"],
  ["weekday", "EEE", "%a"],
  ["dayOfYear", "DDD", "%j"],
  ["day", "dd", "%d"],
  ["day", "d", "%e"],
  ["hour", "HH", "%H"],
  ["hour", "H", "%H"],
  ["hour", "hh", "%I"],
  ["hour", "h", "%I"],
  ["half", "a", "%p"],
  ["minute", "mm", "%M"],
  ["second", "ss", "%S"],
  ["fraction", "SSS", "%f"],
  ["zone", "XXX", "%z"],
  ["zone", "Z", "%z"],
  ["zone", "zzz", "%Z"],
];

const acceptedTokens =
  "yyyy yy MM MMM dd DDD (day of the year) HH mm ss SSS XXX zzz EEE, hh with a (AM or PM), or %Y %y %m %b %d %j %H %M %S %f %z %Z %a, %I with %p";

type ZonePart = "zoneHours" | "zoneMinutes" | "zoneName" | "zoneRegion";

const patterns: Record<Exclude<TimePart, ZonePart> | "weekday", string> = {
  year: "([0-9]{4})",
  shortYear: "([0-9]{2})",
  monthName: "([A-Za-z]{3})[A-Za-z]*\\.?",
  month: "(0?[1-9]|1[0-2])",
  weekday: "[A-Za-z]+\\.?",
  week: "(0[1-9]|[1-4][0-9]|5[0-3])",
  weekDay: "([1-7])",
  dayOfYear: "([0-2][0-9]{2}|3[0-5][0-9]|36[0-6])",
  day: "(0?[1-9]|[12][0-9]|3[01])",
  hour: "([01]?[0-9]|2[0-3])",
  half: "([AaPp])\\.?[Mm]\\.?",
  minute: "([0-5]?[0-9])",
  second: "([0-5]?[0-9])",
  fraction: "([0-9]{1,6})[0-9]*",
};

const hour12 = "(0?[1-9]|1[0-2])";

/** A zone at its place: in letters, as hours and minutes, as hours. */
const zones: readonly (Pick<TimeForm, "parts" | "zoneOffset"> & { readonly pattern: string })[] = [
  { pattern: "(?:[Zz]|UTC|GMT)", parts: [], zoneOffset: 0 },
  { pattern: "([+-](?:[01][0-9]|2[0-3])):?([0-5][0-9])", parts: ["zoneHours", "zoneMinutes"] },
  { pattern: "([+-](?:[01][0-9]|2[0-3]))", parts: ["zoneHours"] },
  { pattern: namedZone.pattern, parts: namedZone.parts },
];

/**
 * The forms of times in a format such as `dd.MM.yyyy HH:mm`, `yyyy-MM-dd'T'HH:mm:ssXXX` or `%d/%b/%Y:%H:%M:%S %z`. A
 * day, month, hour, minute or second may have one digit; month names are English. An hour from 1 to 12 (hh) goes with AM
 * or PM (a), in either case. Throws InvalidInput for a format with an unknown part, no full date, or one of hh and a
 * without the other.
 */
export function compileTimeFormat(format: string): TimeForm[] {
  const steps = compile(format);
  const has = (part: string) => steps.some((step) => "part" in step && step.part === part);
  // Of a whole month, which has neither a day nor a time of day, the first day is meant.
  const hasMonth = (has("month") || has("monthName")) && (has("day") || !has("hour"));
  if (!(has("year") || has("shortYear")) || hasMonth === has("dayOfYear"))
    throw new InvalidInput(
      `--time-format ${format} has no full date: it needs a year, a month and a day, or a year and the day of the year, or for whole months a year and a month alone.`,
    );
  const is12 = steps.some((step) => "part" in step && step.is12 === true);
  const is24 = steps.some((step) => "part" in step && step.part === "hour" && step.is12 !== true);
  if (is12 !== has("half") || (is12 && is24))
    throw new InvalidInput(
      `--time-format ${format}: an hour from 1 to 12 (hh or %I) needs AM or PM (a or %p) beside it, and one from 0 to 23 (HH or %H) has none.`,
    );
  return has("zone") ? zones.map((zone) => formOf(format, steps, zone)) : [formOf(format, steps, undefined)];
}

type Step = { readonly part: TimePart | "weekday" | "zone"; readonly is12?: boolean } | { readonly literal: string };

function compile(format: string): Step[] {
  const isStrftime = format.includes("%");
  const steps: Step[] = [];
  for (let at = 0; at < format.length; ) {
    const token = tokens.find(([, unicode, strftime]) => format.startsWith(isStrftime ? strftime : unicode, at));
    const quoted = isStrftime ? undefined : /^'([^']*)'/.exec(format.slice(at));
    if (token !== undefined) {
      const spelt = isStrftime ? token[2] : token[1];
      steps.push({ part: token[0], is12: token[0] === "hour" && /[hI]/.test(spelt) });
      at += spelt.length;
    } else if (quoted) {
      steps.push({ literal: quoted[1] ?? "" });
      at += quoted[0].length;
    } else {
      const text = format.charAt(at);
      // A bare T is meant as in ISO 8601; any other letter would be a part that is not known here.
      if (isStrftime ? text === "%" : /[A-SU-Za-z]/.test(text))
        throw new InvalidInput(
          `--time-format ${format} is not understood from «${format.slice(at)}» on. Parts: ${acceptedTokens}.`,
        );
      steps.push({ literal: text });
      at += 1;
    }
  }
  return steps;
}

function isZonePart(part: TimePart): part is ZonePart {
  return part.startsWith("zone");
}

function formOf(format: string, steps: readonly Step[], zone: (typeof zones)[number] | undefined): TimeForm {
  const parts: TimePart[] = [];
  const pattern = steps.map((step) => {
    if ("literal" in step) return step.literal.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&").replace(/ /g, " +");
    if (step.part === "zone") {
      parts.push(...(zone?.parts ?? []));
      return ` *${zone?.pattern ?? ""}`;
    }
    if (step.part === "weekday") return patterns.weekday;
    if (isZonePart(step.part)) return "";
    parts.push(step.part);
    return step.is12 ? hour12 : patterns[step.part];
  });
  return {
    name: format,
    pattern: pattern.join(""),
    parts,
    isZoned: zone !== undefined,
    ...(zone?.zoneOffset !== undefined && { zoneOffset: zone.zoneOffset }),
  };
}
