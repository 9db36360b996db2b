import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { z } from "zod";
import type { UserHistory } from "#churn/user-history.ts";
import type { figuresSchema } from "./figures.ts";

// npx tsx bench/train/worker.ts CHECKOUT FILE: trains on the histories of a file by the code of a checkout, which may be an older one
// whose names are others. Prints JSON.
const [checkout = ".", file = ""] = process.argv.slice(2);
const churnDays = 30;
const frequentShare = 0.05;

async function* histories(): AsyncGenerator<UserHistory> {
  for await (const line of createInterface({ input: createReadStream(file) })) yield JSON.parse(line);
}

const began = process.cpuUsage();
const extent = { users: 0, actions: 0, firstDay: Number.POSITIVE_INFINITY, lastDay: 0 };
const usersOf = new Map<string, number>();
for await (const { days } of histories()) {
  extent.users += 1;
  for (const { day, count } of days) {
    extent.actions += count;
    extent.firstDay = Math.min(extent.firstDay, day);
    extent.lastDay = Math.max(extent.lastDay, day);
  }
  for (const action of new Set(days.map((userDay) => userDay.action)))
    usersOf.set(action, (usersOf.get(action) ?? 0) + 1);
}
// Each reads the file once more.
const reading = process.cpuUsage(began);

const moduleOf = (path: string) => import(pathToFileURL(join(checkout, path)).href);
const { learn } = await moduleOf("functions/train/learn.ts");
// Before features looked back on four churn windows they did on two.
const { churnDefinition } = await moduleOf("src/churn/definition.ts").catch(() => ({}));
const settings = { churnDays, leadDays: 0 };
const churn = churnDefinition?.(settings, extent.lastDay + 1 - extent.firstDay) ?? {
  ...settings,
  observeDays: 2 * churnDays,
};
const actions = [...usersOf]
  .filter(([, users]) => users >= frequentShare * extent.users)
  .sort((a, b) => b[1] - a[1])
  .slice(0, 12)
  .map(([action]) => action);
const log = { extent: async () => extent, histories };
const models = { alias: async () => undefined };
const services = { actions: log, models, now: Date.now, ...{ log, registry: models } };
const asked = { asOf: (extent.lastDay + 1) * 86_400_000, through: "yesterday" };

const started = process.cpuUsage();
const learned = await learn({ churn, actions }, ...(learn.length === 3 ? [asked, services] : [services]));
const figures: z.infer<typeof figuresSchema> = {
  users: extent.users,
  actions: extent.actions,
  features: (learned.names ?? learned.training.names).length,
  seconds: secondsOf(process.cpuUsage(started)) - secondsOf(reading),
};
console.log(JSON.stringify(figures));

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
