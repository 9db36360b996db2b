// Signals the processes of this node's pods: node signal.ts SIGNAL PATTERN [INDEX STATISTIC ABOVE]
// PATTERN is a regular expression for the whole command line. Instead of a signal:
//   stopped=SIGNAL                 signals those that are stopped, if there are any
//   fsize=BYTES, fsize=unlimited   bounds the files that they may write
//   clock=SECONDS                  sets their clocks that far ahead or back (overlays/chaos)
//   full=FOLDER, free=FOLDER       fills the disk of a folder of theirs to its last byte, and empties it again
//   full-to=SHARE:FOLDER           fills it to that share
// With the last three arguments it first waits, for at most four minutes, until there is such a process and the statistic of the index
// in Elasticsearch is above the number. AUTHORIZATION is that header for Elasticsearch.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const [signal = "", pattern = "", index, statistic = "", above = ""] = process.argv.slice(2);
const commandLine = new RegExp(`^${pattern}$`);
const end = Date.now() + 240_000;
let found: readonly number[] = [];

while (index !== undefined) {
  const isThere = running();
  if (isThere && (await read(index, statistic)) > Number(above)) break;
  if (Date.now() > end) throw new Error(`${statistic} of ${index} did not rise above ${above} while ${pattern} ran.`);
  // From its start to its work a process takes longer than this. What looks more often takes of the processors that it starts with.
  await delay(isThere ? 10 : 50);
}
const [kind = "", value = ""] = signal.split("=");
const ids = matches();
if (ids.length === 0 && kind !== "stopped") throw new Error(`No pod runs ${pattern}.`);
for (const id of ids) {
  if (kind === "stopped") signalStopped(id, value);
  else if (kind === "fsize") execFileSync("prlimit", [`--pid=${id}`, `--${signal}:unlimited`]);
  else if (kind === "clock") writeFileSync(`/proc/${id}/root/clock/offset`, value);
  else if (kind === "full") fill(`/proc/${id}/root${value}`, 1);
  else if (kind === "full-to") fill(`/proc/${id}/root${value.slice(value.indexOf("/"))}`, Number.parseFloat(value));
  else if (kind === "free") rmSync(`/proc/${id}/root${value}/ballast`, { force: true });
  else process.kill(id, signal);
}

/** Unless it runs, or has ended meanwhile. */
function signalStopped(id: number, name: string): void {
  try {
    // After its name in parentheses, which may hold any character, the state of the process.
    if (/\) T [^)]*$/.test(readFileSync(`/proc/${id}/stat`, "utf8"))) process.kill(id, name);
  } catch (error) {
    if (!["ENOENT", "ESRCH"].includes((error as { code?: string }).code ?? "")) throw error;
  }
}

/** Until the share of the disk is taken, or all of it. */
function fill(folder: string, share: number): void {
  const file = openSync(`${folder}/ballast`, "a");
  try {
    for (let size = 1 << 20; size >= 1; size >>= 4) {
      const block = Buffer.alloc(size);
      while (taken(folder) < share && hasWritten(file, block));
    }
  } finally {
    closeSync(file);
  }
}

function taken(folder: string): number {
  const { blocks, bavail } = statfsSync(folder);
  return 1 - bavail / blocks;
}

function hasWritten(file: number, block: Buffer): boolean {
  try {
    return writeSync(file, block) === block.length;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOSPC") return false;
    throw error;
  }
}

/** Whether a process matches: one that was found before is asked first, as there are hundreds. */
function running(): boolean {
  found = found.filter(isMatch);
  if (found.length === 0) found = matches();
  return found.length > 0;
}

function matches(): number[] {
  const ids = readdirSync("/proc").map(Number);
  return ids.filter((id) => id > 0 && isMatch(id));
}

function isMatch(id: number): boolean {
  try {
    const command = readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    // Processes that are not of a pod have no pod's id in the names of their control groups.
    return commandLine.test(command) && /pod[0-9a-f]{8}[-_]/.test(readFileSync(`/proc/${id}/cgroup`, "utf8"));
  } catch {
    // It has ended since the folder was listed.
    return false;
  }
}

/** A number among the index's statistics, such as `indexing.index_total`; 0 if there is no such index or no response. */
async function read(index: string, name: string): Promise<number> {
  try {
    const headers = { authorization: process.env.AUTHORIZATION ?? "" };
    const url = `http://elasticsearch.lapse.svc.cluster.local:9200/${index}/_stats`;
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(5_000) });
    let value = ((await response.json()) as { _all?: { primaries: unknown } })._all?.primaries;
    for (const key of name.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
    return Number(value ?? 0);
  } catch {
    return 0;
  }
}
