import { InvalidInput } from "#churn/failure.ts";
import { literal } from "../sql/literal.ts";
import type { ZoneSql } from "./time-sql.ts";

/**
 * How times without a zone become milliseconds since 1970: those of `timezone` (an IANA name such as Europe/Berlin, or
 * an offset such as +02:00), by default of UTC. Throws InvalidInput for an unknown zone.
 */
export function zoneSql(timezone: string | undefined): ZoneSql {
  if (timezone === undefined || /^(?:Z|UTC|GMT)$/i.test(timezone)) return (timestamp) => `epoch_ms(${timestamp})`;
  const [, sign, hours, minutes] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(timezone) ?? [];
  if (hours !== undefined) {
    const ahead = (60 * Number(hours) + Number(minutes ?? 0)) * (sign === "-" ? -1 : 1);
    if (Number(hours) > 23 || Number(minutes ?? 0) > 59) throw unknown(timezone);
    return (timestamp) => `epoch_ms(${timestamp}) - ${60_000 * ahead}`;
  }
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch (cause) {
    throw unknown(timezone, cause);
  }
  return (timestamp) => `epoch_ms((${timestamp}) AT TIME ZONE ${literal(timezone)})`;
}

function unknown(timezone: string, cause?: unknown): InvalidInput {
  return new InvalidInput(
    `--timezone ${timezone} is not known: give an IANA name such as Europe/Berlin, or an offset such as +02:00.`,
    { cause },
  );
}
