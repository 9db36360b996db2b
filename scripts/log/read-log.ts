import { basename } from "node:path";
import { type Account, unexplainedOf } from "./account.ts";
import { describePlan } from "./describe-plan.ts";
import { finishActions } from "./load/finish.ts";
import { itemBatches } from "./load/item-batches.ts";
import { nameStrays } from "./load/name-strays.ts";
import { type OpenedFiles, openFiles } from "./load/open-files.ts";
import { placeActions } from "./load/place-actions.ts";
import { refuseOld } from "./load/refuse-old.ts";
import { settleRepeats } from "./load/repeats.ts";
import { requireUsable } from "./load/require-usable.ts";
import { stageFiles } from "./load/stage-files.ts";
import { takeAccount } from "./load/take-account.ts";
import type { Log, StagedActions } from "./log.ts";
import type { LogOptions } from "./options.ts";
import { readingByOptions } from "./reading/given-time.ts";
import { zoneSql } from "./reading/zone.ts";
import { Rejections } from "./rejections.ts";
import { Scratch } from "./scratch.ts";
import { expandPaths } from "./source/expand-paths.ts";
import { requireEncoding } from "./source/transcode-file.ts";

/**
 * Reads log files to their end, in a database of their own: CSV and its kin, JSON, Parquet, compressed or not, several
 * at once and by globs. What the columns mean is decided by all rows, and every line is accounted for, before anything
 * is stored anywhere. Throws NotFound or InvalidInput, with a message for the user, for what cannot be read as a log, and
 * for a log that is most likely read wrongly. `now` is in milliseconds; `onProgress` hears how much is read, 0 … 1.
 */
export async function readLog(
  paths: readonly string[],
  options: LogOptions,
  now: number,
  onProgress?: (share: number) => void,
): Promise<Log> {
  requirePossible(options);
  const scratch = await Scratch.open(onProgress);
  try {
    const files = await expandPaths(paths, scratch);
    return await logOf(await openFiles(files, options, scratch), options, now, scratch);
  } catch (error) {
    await scratch.dispose();
    throw error;
  }
}

/** What is wrong with the options themselves is told before any file is opened. */
function requirePossible(options: LogOptions): void {
  zoneSql(options.timezone);
  requireEncoding(options.encoding);
  readingByOptions(options);
}

async function logOf(opened: OpenedFiles, options: LogOptions, now: number, scratch: Scratch): Promise<Log> {
  const log = await stageFiles(opened.records, options, now, scratch);
  await refuseOld(options.oldest, scratch);
  if (log.hasRepeats) await settleRepeats(scratch);
  const records = log.files.map((file) => file.records);
  const [first] = records;
  if (first === undefined) throw new TypeError("A staged log has a file");
  const name = records.length === 1 ? basename(first.path) : `${records.length} files`;
  const columns = describePlan(log.plan, log.table, options.actionName !== undefined);
  const account = explained(await takeAccount([...records, ...opened.rowless], log.staged, scratch, log.hasRepeats));
  await requireUsable(log, account, { name, columns }, { now, accepted: options.acceptRejected === true }, scratch);
  await finishActions(scratch, log.hasRepeats);
  return {
    name,
    columns,
    notes: [...opened.notes, ...log.notes, ...(await nameStrays(log, scratch))],
    unit: "actions",
    total: account.actions - account.copies,
    batches: itemBatches(records, log.staged, scratch),
    rejections: new Rejections(),
    acceptsRejected: options.acceptRejected,
    account,
    staged: stagedIn(scratch, log.hasRepeats),
    close: () => scratch.dispose(),
  };
}

function stagedIn(scratch: Scratch, hasRepeats: boolean): StagedActions {
  let isPlaced = false;
  return {
    place: async (path) => {
      isPlaced = await placeActions(path, hasRepeats, scratch);
      return isPlaced;
    },
    get isPlaced() {
      return isPlaced;
    },
    release: async () => {
      await scratch.release();
      return scratch.databasePath;
    },
  };
}

/** A line that nothing accounts for would be lost without a word. */
function explained(account: Account): Account {
  const unexplained = unexplainedOf(account);
  if (unexplained !== 0) throw new TypeError(`${unexplained} of ${account.read} ${account.unit} are not accounted for`);
  return account;
}
