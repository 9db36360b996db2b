import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

export interface Export {
  readonly name: string;
  readonly url: string;
  /** How many lines it has, its heading apart. */
  readonly rows: number;
}

/**
 * Takes an export as CSV, and prints how long it takes and how much memory the desk, process `pid`, takes meanwhile. With
 * `slow`, it takes no more than 200 kB a second, and leaves after a while: what the desk reads ahead of such a caller would
 * show as memory.
 */
export async function measureExport({ name, url, rows }: Export, pid: number, slow?: SlowReader): Promise<void> {
  const before = await residentMegabytes(pid);
  const start = performance.now();
  const secondsSince = () => (performance.now() - start) / 1000;
  const response = await fetch(url, { headers: { accept: "text/csv" } });
  if (response.body === null) throw new Error("The export has no body.");
  let lines = 0;
  let bytes = 0;
  const peaks: number[] = [];
  let peak = before;
  let sampled = 0;
  // By quarters: memory that grows with what was sent shows in the last one.
  const part = () => (slow === undefined ? lines / (rows + 1) : secondsSince() / slow.seconds);
  for await (const chunk of response.body) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === newLine) lines += 1;
    if (secondsSince() - sampled > 0.05) {
      sampled = secondsSince();
      peak = Math.max(peak, await residentMegabytes(pid));
    }
    if (peaks.length < 3 && part() > (peaks.length + 1) / 4) {
      peaks.push(peak);
      peak = 0;
    }
    if (slow !== undefined && secondsSince() > slow.seconds) break;
    if (slow !== undefined) await setTimeout(Math.max(0, (1000 * bytes) / slow.bytesPerSecond - 1000 * secondsSince()));
  }
  peaks.push(peak);
  const seconds = secondsSince();
  if (slow === undefined && lines !== rows + 1) throw new Error(`The export has ${lines - 1} of ${rows} users.`);
  const reader = slow === undefined ? "as fast as it comes" : `at ${slow.bytesPerSecond / 1000} kB/s, left early`;
  console.log(
    `\n${name}, ${reader}: ${lines.toLocaleString("en")} lines in ${seconds.toFixed(1)} s, ${(bytes / 1e6).toFixed(0)} MB; memory of the desk ${before} MB before, at most ${peaks.join(", ")} MB in each quarter`,
  );
}

export interface SlowReader {
  readonly bytesPerSecond: number;
  /** After which it leaves. */
  readonly seconds: number;
}

const newLine = 10;

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
