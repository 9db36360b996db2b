import { latestTime } from "../../month.ts";

/**
 * SQL for a time, in milliseconds since 1970, of a row that tells its month as well; where the time cannot be read, the latest that
 * it may have been.
 */
export function timeOrEndOfMonth(time: string): string {
  return `CASE WHEN isfinite(${time}) THEN ${time}
    ELSE coalesce(epoch_ms(DATE '1970-01-01' + to_months(month + 1))::DOUBLE - 1, ${latestTime}) END`;
}
