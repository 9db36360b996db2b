import { InvalidInput } from "#churn/failure.ts";
import { readZone } from "./time-parts.ts";

/** Offsets are looked up once in each quarter of an hour: no zone changes its offset at another moment. */
const quarter = 15 * 60_000;
const mostRemembered = 100_000;

/**
 * Turns wall-clock times of a zone (an IANA name such as Europe/Berlin, or an offset such as +02:00), given as though
 * they were UTC, into real ones. Of an hour that comes twice in autumn either is meant, and one that is skipped in
 * spring is moved by the step. Throws InvalidInput for an unknown zone.
 */
export function utcFrom(timezone: string): (local: number) => number {
  const fixed = readZone(timezone, 0);
  if (Number.isFinite(fixed)) return (local) => local - fixed;
  const offsetAt = offsetsOf(timezone);
  return (local) => local - offsetAt(local - offsetAt(local));
}

/** How far a zone is ahead of UTC at a moment, in milliseconds. */
function offsetsOf(timezone: string): (time: number) => number {
  const format = formatFor(timezone);
  const known = new Map<number, number>();
  return (time) => {
    if (Number.isNaN(time)) return Number.NaN;
    const start = Math.floor(time / quarter) * quarter;
    let offset = known.get(start);
    if (offset === undefined) {
      if (known.size >= mostRemembered) known.clear();
      offset = wallClock(format, start) - start;
      known.set(start, offset);
    }
    return offset;
  };
}

function formatFor(timezone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (error) {
    throw new InvalidInput(
      `--timezone ${timezone} is not known: give an IANA name such as Europe/Berlin, or an offset such as +02:00.`,
      { cause: error },
    );
  }
}

function wallClock(format: Intl.DateTimeFormat, time: number): number {
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}
