import { type AsCaller, asCaller } from "./as-caller.ts";

/** Finds values by key; keys without a value are left out. */
export type Find<Value> = (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;

interface Waiting<Value> {
  readonly keys: readonly string[];
  readonly asCaller: AsCaller;
  readonly resolve: (found: ReadonlyMap<string, Value>) => void;
  readonly reject: (reason: unknown) => void;
}

/** Keys in one call, unless one caller alone asks for more: what a call finds is in memory at once. */
const mostKeys = 2_000;

/**
 * Runs `find` one call at a time; keys asked for meanwhile go into the next call together. A query costs about as much
 * for one key as for many, so callers who arrive faster than queries finish do not queue up. A call for many is a part of the
 * trace of the one who has waited longest.
 */
export function gathered<Value>(find: Find<Value>): Find<Value> {
  let waiting: Waiting<Value>[] = [];
  let isFinding = false;

  async function findAll(): Promise<void> {
    isFinding = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, fitting(waiting));
      waiting = waiting.slice(batch.length);
      await settle(batch, find);
    }
    isFinding = false;
  }

  return (keys) =>
    new Promise((resolve, reject) => {
      waiting.push({ keys, asCaller: asCaller(), resolve, reject });
      if (!isFinding) void findAll();
    });
}

/** How many of those who wait, at least the first, ask for no more keys together than fit into a call. */
function fitting(waiting: readonly { readonly keys: readonly string[] }[]): number {
  let keys = 0;
  const over = waiting.findIndex((one) => {
    keys += one.keys.length;
    return keys > mostKeys;
  });
  return over < 0 ? waiting.length : Math.max(over, 1);
}

/** Never rejects: if the call fails, every waiting caller gets the error. */
async function settle<Value>(batch: readonly Waiting<Value>[], find: Find<Value>): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  try {
    const found = await first.asCaller(() => find([...new Set(batch.flatMap(({ keys }) => keys))]));
    for (const { keys, resolve } of batch) resolve(batch.length === 1 ? found : only(keys, found));
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
