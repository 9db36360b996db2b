import { inTime } from "#runtime/in-time.ts";
import { StoreUnavailable } from "#stores/failures.ts";

/** What `work` comes to. Throws StoreUnavailable, "Could not `purpose`", if that takes longer than some milliseconds. */
export function within<T>(milliseconds: number, purpose: string, work: Promise<T>): Promise<T> {
  const late = () => new StoreUnavailable(`Could not ${purpose}: no response within ${milliseconds} ms`);
  return inTime(milliseconds, work, late);
}
