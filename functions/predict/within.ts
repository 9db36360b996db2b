import { StoreUnavailable } from "#stores/failures.ts";

/** What `work` comes to. Throws StoreUnavailable, "Could not `purpose`", if that takes longer than some milliseconds. */
export async function within<T>(milliseconds: number, purpose: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = new StoreUnavailable(`Could not ${purpose}: no response within ${milliseconds} ms`);
    timer = setTimeout(() => reject(failure), milliseconds);
  });
  try {
    // What comes later is of no use, and no failure of its own.
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
