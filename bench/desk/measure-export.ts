import { readFile } from "node:fs/promises";

/** Exports all users as CSV, and prints how long it takes and how much memory the desk, process `pid`, takes meanwhile. */
export async function measureExport(url: string, users: number, pid: number): Promise<void> {
  const before = await residentMegabytes(pid);
  const start = performance.now();
  const response = await fetch(`${url}/v1/users`, { headers: { accept: "text/csv" } });
  if (response.body === null) throw new Error("The export has no body.");
  let lines = 0;
  let bytes = 0;
  const peaks: number[] = [];
  let peak = before;
  let sampled = start;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === newLine) lines += 1;
    if (performance.now() - sampled > 50) {
      sampled = performance.now();
      peak = Math.max(peak, await residentMegabytes(pid));
    }
    // By quarters of the users: memory that grows with what was sent shows in the last one.
    if (peaks.length < 3 && lines > ((peaks.length + 1) * users) / 4) {
      peaks.push(peak);
      peak = 0;
    }
  }
  peaks.push(peak);
  const seconds = (performance.now() - start) / 1000;
  if (lines !== users + 1) throw new Error(`The export has ${lines - 1} of ${users} users.`);
  console.log(
    `\nexport of ${users.toLocaleString("en")} users as CSV: ${seconds.toFixed(1)} s, ${(bytes / 1e6).toFixed(0)} MB; memory of the desk ${before} MB before, at most ${peaks.join(", ")} MB in each quarter`,
  );
}

const newLine = 10;

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
