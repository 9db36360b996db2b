// Signals the processes of this node's pods: node signal.ts SIGNAL PATTERN [INDEX STATISTIC ABOVE]
// Instead of a signal, fsize=BYTES or fsize=unlimited bounds the files that they may write.
// AUTHORIZATION is that header for Elasticsearch. PATTERN is a regular expression for the whole command line. With the last three arguments it first waits, for at most
// two minutes, until there is such a process and the statistic of the index in Elasticsearch is above the number.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const [signal = "", pattern = "", index, statistic = "", above = ""] = process.argv.slice(2);
const commandLine = new RegExp(`^${pattern}$`);
const end = Date.now() + 120_000;

while (index !== undefined && (matches().length === 0 || (await read(index, statistic)) <= Number(above))) {
  if (Date.now() > end) throw new Error(`${statistic} of ${index} did not rise above ${above} while ${pattern} ran.`);
  await delay(10);
}
const ids = matches();
if (ids.length === 0) throw new Error(`No pod runs ${pattern}.`);
for (const id of ids) {
  if (signal.startsWith("fsize=")) execFileSync("prlimit", [`--pid=${id}`, `--${signal}:unlimited`]);
  else process.kill(id, signal);
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
