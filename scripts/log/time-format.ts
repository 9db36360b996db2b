import { InvalidInput } from "#churn/failure.ts";
import { clockOf, dateOf, endOfDigits, noZone, readFraction, readZone } from "./time-parts.ts";

type Part =
  | "year"
  | "month"
  | "monthName"
  | "day"
  | "hour"
  | "hour12"
  | "half"
  | "minute"
  | "second"
  | "fraction"
  | "zone";

/** Both spellings of each part: as in Java and Unicode (TR 35), and as in strftime. */
const tokens: readonly (readonly [Part, string, string])[] = [
  ["year", "yyyy", "%Y"],
  ["monthName", "MMM", "%b"],
  ["month", "MM", "%m"],
  ["month", "M", "%m"],
  ["day", "dd", "%d"],
  ["day", "d", "%d"],
  ["hour", "HH", "%H"],
  ["hour", "H", "%H"],
  ["hour12", "hh", "%I"],
  ["hour12", "h", "%I"],
  ["half", "a", "%p"],
  ["minute", "mm", "%M"],
  ["second", "ss", "%S"],
  ["fraction", "SSS", "%f"],
  ["zone", "XXX", "%z"],
  ["zone", "Z", "%z"],
];

const acceptedTokens =
  "yyyy MM MMM dd HH mm ss SSS XXX, hh with a (AM or PM), or %Y %m %b %d %H %M %S %f %z, %I with %p";

/**
 * A parser for a format such as `dd.MM.yyyy HH:mm`, `yyyy-MM-dd'T'HH:mm:ssXXX` or `%d/%b/%Y:%H:%M:%S %z`; it answers
 * milliseconds since the epoch, or NaN. A day, month or hour may have one digit where something else follows it; month
 * names are English; a zone may only stand last. An hour from 1 to 12 (hh) goes with AM or PM (a), in either case.
 * Throws InvalidInput for a format with an unknown part, no full date, or one of hh and a without the other.
 */
export function compileTimeFormat(format: string, toUtc: (local: number) => number): (text: string) => number {
  const steps = compile(format);
  const has = (part: Part) => steps.some((step) => step.part === part);
  if (!has("year") || !has("day") || (!has("month") && !has("monthName")))
    throw new InvalidInput(`--time-format ${format} has no full date: it needs a year, a month and a day.`);
  if (has("hour12") !== has("half") || (has("hour12") && has("hour")))
    throw new InvalidInput(
      `--time-format ${format}: an hour from 1 to 12 (hh or %I) needs AM or PM (a or %p) beside it, and one from 0 to 23 (HH or %H) has none.`,
    );
  return (text) => {
    const found = match(steps, text);
    if (found === undefined) return Number.NaN;
    const local =
      dateOf(found.year, found.month, found.day) + clockOf(hourOf(found), found.minute, found.second) + found.fraction;
    return found.zone === noZone ? toUtc(local) : local - found.zone;
  };
}

type Step = { readonly part: Part } | { readonly part: "literal"; readonly text: string };

function compile(format: string): Step[] {
  const isStrftime = format.includes("%");
  const steps: Step[] = [];
  for (let at = 0; at < format.length; ) {
    const token = tokens.find(([, unicode, strftime]) => format.startsWith(isStrftime ? strftime : unicode, at));
    const quoted = isStrftime ? undefined : /^'([^']*)'/.exec(format.slice(at));
    if (token !== undefined) {
      steps.push({ part: token[0] });
      at += (isStrftime ? token[2] : token[1]).length;
    } else if (quoted) {
      steps.push({ part: "literal", text: quoted[1] ?? "" });
      at += quoted[0].length;
    } else {
      const text = format.charAt(at);
      // A bare T is meant as in ISO 8601; any other letter would be a part that is not known here.
      if (isStrftime ? text === "%" : /[A-SU-Za-z]/.test(text))
        throw new InvalidInput(
          `--time-format ${format} is not understood from «${format.slice(at)}» on. Parts: ${acceptedTokens}.`,
        );
      steps.push({ part: "literal", text });
      at += 1;
    }
  }
  return steps;
}

interface Found {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: number;
  hour12: number;
  /** 12 hours for PM. */
  half: number;
  zone: number;
}

function match(steps: readonly Step[], text: string): Found | undefined {
  const found: Found = {
    ...{ year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, fraction: 0, zone: noZone },
    ...{ hour12: 12, half: 0 },
  };
  let at = 0;
  for (const step of steps) {
    switch (step.part) {
      case "literal":
        if (!text.startsWith(step.text, at)) return undefined;
        at += step.text.length;
        break;
      case "monthName":
        found.month = monthNames.indexOf(text.slice(at, at + 3).toLowerCase()) + 1;
        at += 3;
        break;
      case "fraction": {
        const fraction = readFraction(text, at);
        if (fraction === undefined) return undefined;
        found.fraction = fraction.milliseconds;
        at = fraction.end;
        break;
      }
      case "half": {
        const [marker = "", letter = ""] = /^([AP])\.?M\.?/i.exec(text.slice(at, at + 4)) ?? [];
        if (marker === "") return undefined;
        found.half = letter.toUpperCase() === "P" ? 12 : 0;
        at += marker.length;
        break;
      }
      case "zone":
        found.zone = readZone(text, at);
        at = text.length;
        break;
      default: {
        const isYear = step.part === "year";
        const end = endOfDigits(text, at, isYear ? 4 : 2);
        if (end === at || (isYear && end < at + 4)) return undefined;
        found[step.part] = Number(text.slice(at, end));
        at = end;
      }
    }
  }
  return at === text.length ? found : undefined;
}

/** 12 AM is midnight, 12 PM noon. */
function hourOf({ hour, hour12, half }: Found): number {
  if (!(hour12 >= 1 && hour12 <= 12)) return Number.NaN;
  return hour + (hour12 % 12) + half;
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
