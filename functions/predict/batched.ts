/** Scores row-major rows: one probability for each row. */
export type Scorer = (rows: Float64Array) => Promise<Float64Array>;

interface Waiting {
  readonly rows: Float64Array;
  readonly resolve: (probabilities: Float64Array) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Scores what arrives in one turn of the event loop in one run: a run of the graph costs
 * three times as much for 16 rows as for one.
 *
 * @param width values in a row
 */
export function batched(score: Scorer, width: number): Scorer {
  let waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    void settle(batch, score, width);
  }

  return (rows) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ rows, resolve, reject });
    });
}

/** Never rejects: a failed run is the failure of each of its requests. */
async function settle(batch: readonly Waiting[], score: Scorer, width: number): Promise<void> {
  try {
    const probabilities = await score(joined(batch));
    let start = 0;
    for (const { rows, resolve } of batch) {
      const end = start + rows.length / width;
      resolve(probabilities.subarray(start, end));
      start = end;
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function joined(batch: readonly Waiting[]): Float64Array {
  const [first] = batch;
  if (first !== undefined && batch.length === 1) return first.rows;
  const all = new Float64Array(batch.reduce((length, { rows }) => length + rows.length, 0));
  let start = 0;
  for (const { rows } of batch) {
    all.set(rows, start);
    start += rows.length;
  }
  return all;
}
