/** Finds values by key; keys that there is nothing of are not in the answer. */
export type Find<Value> = (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;

interface Waiting<Value> {
  readonly keys: readonly string[];
  readonly resolve: (found: ReadonlyMap<string, Value>) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * `find`, one call at a time: what is asked for while one is under way goes into the next together. A query costs about
 * as much for one key as for many, so that callers who come faster than queries end do not wait for each other's.
 */
export function gathered<Value>(find: Find<Value>): Find<Value> {
  let waiting: Waiting<Value>[] = [];
  let isFinding = false;

  async function findAll(): Promise<void> {
    isFinding = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await settle(batch, find);
    }
    isFinding = false;
  }

  return (keys) =>
    new Promise((resolve, reject) => {
      waiting.push({ keys, resolve, reject });
      if (!isFinding) void findAll();
    });
}

/** Never rejects: a failed call is the failure of all who wait for it. */
async function settle<Value>(batch: readonly Waiting<Value>[], find: Find<Value>): Promise<void> {
  try {
    const found = await find([...new Set(batch.flatMap(({ keys }) => keys))]);
    for (const { keys, resolve } of batch) resolve(only(keys, found));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function only<Value>(keys: readonly string[], found: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const mine = new Map<string, Value>();
  for (const key of keys) {
    const value = found.get(key);
    if (value !== undefined) mine.set(key, value);
  }
  return mine;
}
