import { expect } from "vitest";
import { unexplainedOf } from "#scripts/log/account.ts";
import type { Log, LogItem } from "#scripts/log/log.ts";

/** Reads a log of files to its end, and closes it; every line of it is accounted for. */
export async function contentOf(log: Log) {
  const items: LogItem[] = [];
  const places: string[] = [];
  let read = 0;
  for await (const batch of log.batches) {
    batch.items.forEach((item, index) => {
      items.push(item);
      places.push(batch.place(index));
    });
    read = batch.read;
  }
  await log.close();
  const { account, columns } = log;
  if (account === undefined) throw new Error("A file is accounted for");
  expect(unexplainedOf(account)).toBe(0);
  const users = items.map(({ user_id }) => user_id);
  return { log, items, users, places, read, account, columns, notes: log.notes.join("\n") };
}
