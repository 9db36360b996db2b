import { readFileSync, writeFileSync } from "node:fs";
import type { UserList } from "#stores/users/user-list.ts";
import { processorSecondsOf } from "../processor-seconds.ts";
import { madeUpUser } from "./made-up-user.ts";

/** As scoring writes them. */
const chunkSize = 2_000;

/**
 * Writes the list anew as the next night does, and prints how long that takes, the processor time of this process, in which the embedded
 * store runs too, and how much memory it takes at most.
 */
export async function measureNight(list: UserList, users: number): Promise<void> {
  const [first] = (await list.page({ filter: {}, order: "user_id", limit: 1 })).users;
  const snapshot = (first?.snapshot ?? 0) + 1;
  const run = (await list.lastWritten()) + 1;
  // Peak memory counts from here.
  writeFileSync("/proc/self/clear_refs", "5");
  const [began, processor] = [performance.now(), processorSecondsOf(process.pid)];
  for (let from = 0; from < users; from += chunkSize)
    await list.put(
      Array.from({ length: Math.min(chunkSize, users - from) }, (_, i) => ({ ...madeUpUser(from + i), snapshot })),
      run,
    );
  const [written, writing] = [performance.now(), processorSecondsOf(process.pid)];
  await list.prune(run);
  const [done, all] = [performance.now(), processorSecondsOf(process.pid)];
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
  const peak = Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) / 1024);
  console.log(
    `the next night: rows written in ${seconds(written - began)} (processor ${(writing - processor).toFixed(1)} s), put in order in ${seconds(done - written)} (processor ${(all - writing).toFixed(1)} s), at most ${peak} MB`,
  );
}
