import { basename, resolve } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import { batchSize, type Log, type LogBatch, type LogItem } from "../log/log.ts";
import { Rejections } from "../log/rejections.ts";
import { wireTime } from "../log/wire-time.ts";
import { type Act, actingTrailers, actsOf } from "./acts.ts";
import { type Commit, commitFormat, parseCommit } from "./commit.ts";
import { runGit, streamGit } from "./git.ts";
import { MailMap } from "./mail-map.ts";

export interface GitOptions {
  /** Milliseconds since the epoch; commits from later than a day after it are rejected. */
  readonly now: () => number;
}

/**
 * The history that HEAD of a local git repository (bare or not) can reach, newest first, as the actions of its people:
 * `commit` and `merge` of authors, and what trailers tell of, such as `review` and `test`. A user is a lower-case
 * e-mail address as .mailmap has it. Needs git 2.22 or later. Throws InvalidInput where there is no repository or no
 * commit; `batches` streams in flat memory.
 */
export async function readGit(path: string, { now }: GitOptions): Promise<Log> {
  const total = await commitsIn(path);
  const rejections = new Rejections();
  return {
    name: `the git history of ${basename(resolve(path))}`,
    columns:
      "author e-mail → user, author date → time, commit or merge → action; trailers (Reviewed-by, Acked-by, …) → " +
      "review, ack, test, report, sign_off, co_author, suggest, help, mentor by the people they name, at commit date",
    notes: [],
    unit: "commits",
    total,
    batches: readCommits(path, now() + day, rejections),
    rejections,
    close: async () => undefined,
  };
}

const day = 86_400_000;

/** Clocks that were never set wrote dates of 1970; no version control is as old. */
const earliest = Date.UTC(1971, 0);

async function commitsIn(path: string): Promise<number> {
  try {
    return Number((await runGit(path, ["rev-list", "--count", "HEAD", "--"])).trim());
  } catch (error) {
    const reason = error instanceof InvalidInput ? error.message : "git could not be run";
    throw new InvalidInput(`Cannot read the git history of ${path}: ${reason}`, { cause: error });
  }
}

async function* readCommits(path: string, latest: number, rejections: Rejections): AsyncGenerator<LogBatch> {
  const mailMap = new MailMap(path);
  let read = 0;
  let made = 0;
  for await (const commits of commitBatches(path)) {
    await mailMap.learn(commits.flatMap(actingTrailers));
    const items: LogItem[] = [];
    const hashes: string[] = [];
    for (const commit of commits) {
      for (const act of actsOf(commit, (trailer) => mailMap.emailOf(trailer))) {
        const fault = faultOf(act, latest);
        if (fault === undefined) {
          items.push({ user_id: act.email, action: act.action, timestamp: wireTime(act.time), event_id: act.id });
          hashes.push(commit.hash);
        } else rejections.add(placeOf(commit.hash), fault);
      }
    }
    read += commits.length;
    made += items.length;
    yield { items, place: (index) => placeOf(hashes[index] ?? ""), read };
  }
  if (made === 0)
    throw new InvalidInput(
      `No commit of ${path} can be used: ${rejections.count} were rejected.\n${rejections.describe()}`,
    );
}

/** Most commits have one to three acts, so a batch of items comes from this many commits. */
const commitsInBatch = Math.floor(batchSize / 3);

async function* commitBatches(path: string): AsyncGenerator<readonly Commit[]> {
  let carried = "";
  let commits: Commit[] = [];
  for await (const text of streamGit(path, [
    "log",
    "-z",
    "--no-show-signature",
    "--no-color",
    commitFormat,
    "HEAD",
    "--",
  ])) {
    const records = (carried + text).split("\0");
    carried = records.pop() ?? "";
    for (const record of records) commits.push(parseCommit(record));
    if (commits.length >= commitsInBatch) {
      yield commits;
      commits = [];
    }
  }
  if (carried !== "") commits.push(parseCommit(carried));
  if (commits.length > 0) yield commits;
}

function faultOf({ email, time }: Act, latest: number): string | undefined {
  if (email === "") return "has no e-mail address";
  if (Number.isNaN(time)) return "has no date";
  if (time < earliest) return "is dated 1970 or earlier";
  return time > latest ? "is dated in the future" : undefined;
}

function placeOf(hash: string): string {
  return `commit ${hash.slice(0, 12)}`;
}
