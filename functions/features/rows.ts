import type { BucketRange } from "#churn/buckets.ts";
import { buffersOf } from "#churn/history-columns.ts";
import { openThread } from "#runtime/thread/open-thread.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { NewFeatureRow } from "#stores/features/feature-store.ts";
import { type RowColumns, rowsIn } from "./row-columns.ts";
import { type RowsTask, rowMaker } from "./row-maker.ts";
import { program } from "./thread/program.ts";

export interface RowsOptions {
  readonly actions: Pick<ActionStore, "histories" | "historyColumns">;
  /** Length of a vector. */
  readonly width: number;
  /** Whose rows. */
  readonly range: BucketRange;
  /** About how many users that are. */
  readonly users: number;
  /** Told how many users more have been read. */
  readonly onUsers: (users: number) => void;
  /** Told of how many the histories cannot be read. */
  readonly onLeftOut?: ((users: number) => void) | undefined;
}

/** Rows written at a time. */
const chunkSize = 8_192;

/** The rows of all users of the range who were ever seen, in chunks. Whole histories are read, because tenure and gaps tell of all time. */
export async function* rowsOf(task: RowsTask, options: RowsOptions): AsyncGenerator<readonly NewFeatureRow[]> {
  const { historyColumns } = options.actions;
  // A thread takes about as long to start as it takes to compute the rows of this many users.
  if (historyColumns === undefined || options.users < 5_000) yield* rowsHere(task, options);
  else yield* rowsInThread(task, options);
}

async function* rowsHere(
  task: RowsTask,
  { actions, range, onUsers, onLeftOut }: RowsOptions,
): AsyncGenerator<readonly NewFeatureRow[]> {
  const make = rowMaker(task);
  let rows: NewFeatureRow[] = [];
  for await (const history of actions.histories({ ...range, before: task.snapshot, onLeftOut })) {
    onUsers(1);
    const row = make(history);
    if (row === undefined) continue;
    const { lapsed, vector } = row;
    rows.push({ userId: history.userId, lapsed, values: vector ?? [] });
    if (rows.length < chunkSize) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** The same rows, made in another thread, while this one reads histories and writes rows. */
async function* rowsInThread(
  task: RowsTask,
  { actions, range, width, onUsers, onLeftOut }: RowsOptions,
): AsyncGenerator<readonly NewFeatureRow[]> {
  const thread = openThread(program, task);
  let made: NewFeatureRow[] = [];
  try {
    const asked: Asked[] = [];
    for await (const histories of actions.historyColumns?.({ ...range, before: task.snapshot, onLeftOut }) ?? []) {
      const { userIds, names } = histories;
      // The ids stay here: they are slow to copy.
      const places = userIds.map(() => "");
      const rows = thread.ask({ ...histories, userIds: places, names }, buffersOf(histories));
      // Its failure is thrown where it is awaited.
      rows.catch(() => undefined);
      asked.push({ userIds, rows });
      if (asked.length > askedAhead) for (const first of asked.splice(0, 1)) yield* chunksOf(first);
    }
    for (const rest of asked) yield* chunksOf(rest);
    if (made.length > 0) yield made;
  } finally {
    await thread.close();
  }

  /** Full chunks; what is left over waits for the next rows, as each call that writes takes its time. */
  async function* chunksOf({ userIds, rows }: Asked): AsyncGenerator<readonly NewFeatureRow[]> {
    const columns = await rows;
    onUsers(columns.users);
    const all = [...made, ...rowsIn(columns, userIds, width)];
    const whole = all.length - (all.length % chunkSize);
    made = all.slice(whole);
    for (let from = 0; from < whole; from += chunkSize) yield all.slice(from, from + chunkSize);
  }
}

/** Parts that the thread has beside the one whose rows are written: as to write them takes now longer and now less than to make the next. */
const askedAhead = 2;

interface Asked {
  readonly userIds: readonly string[];
  readonly rows: Promise<RowColumns>;
}
