/**
 * Draws the pictures of the desk in docs/images, each as a reader sees it on a computer: of a synthetic log of 6,000 users that goes on
 * for two weeks of nights, and then through a campaign that wins back a third of those whom it contacts. It takes some minutes.
 *
 *     npx tsx test/pages/draw-pictures.ts [--folder docs/images]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Action } from "#churn/action.ts";
import { type Day, dayOf, startOf } from "#churn/day.ts";
import { randomFrom } from "#churn/random.ts";
import { generateActions } from "#scripts/generate/generate-actions.ts";
import { writeLog } from "#scripts/generate/write-log.ts";
import { TestBrowser } from "#test/support/browser.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";
import { RunningProgram } from "#test/support/running-program.ts";

const { values: flags } = parseArgs({ options: { folder: { type: "string", default: "docs/images" } } });

const nights = 14;
const spring = { name: "Spring mails", state: "here", top: 1_500, control_share: 0.3, window_days: 30, cost: 1 };
const savedShare = 1 / 3;

/** The day that the log has reached, and the clock of lapse on the morning after it. */
let day = dayOf(Date.now()) - 1;
const morning = () => startOf(day + 1) + 7_200_000;
const random = randomFrom("pictures");
const comingBack = new Map<Day, Set<string>>();
const log = generateActions({
  ...{ users: 6_000, months: 12, endDay: day + nights + spring.window_days + 3, seed: "pictures" },
  wonBackOn: (on) => comingBack.get(on) ?? new Set(),
});

const work = await mkdtemp(join(tmpdir(), "lapse-pictures-"));
const browser = await TestBrowser.start();
try {
  const learned = await learn();
  const local = await startLocalLapse({ copyOf: learned, now: morning });
  for (let night = 0; night < nights; night++) {
    await live(local);
    await makeList(local);
  }
  const [user] = (
    await local.stores.users.page({
      ...{ filter: { state: "at_risk" }, order: "value_at_risk", limit: 200, withFormerScores: true },
    })
  ).users.filter(({ formerScores = [] }) => (formerScores[0]?.probability ?? 1) < 0.15);
  await draw(`${local.url}/`, "today", { height: 900 });
  await draw(`${local.url}/users?state=at_risk`, "users", { height: 1_200 });
  await draw(`${local.url}/users/${user?.userId}`, "user");
  await draw(`${local.url}/model`, "model", { height: 1_120 });
  const id = await runCampaign(local);
  await draw(`${local.url}/campaigns/${id}`, "result", { parts: ['section:has(h2:text-is("Who left"))'] });
  await draw(`${local.url}/campaigns/new?state=here&cost=${spring.cost}`, "plan", {
    parts: ['h2:text("How many to contact")', ".plots"],
  });
  await local.close();
} finally {
  await browser.close();
  await rm(work, { recursive: true });
}

/** Learns from the log up to today, as `lapse start` does, and returns the data folder. */
async function learn(): Promise<string> {
  const [file, folder] = [join(work, "log.csv"), join(work, "data")];
  await writeLog(until(day), file);
  const started = RunningProgram.ofLapse(["start", "--log", file, "--data", folder], { PORT: "0" });
  await started.says(/^(Ready) on/);
  await started.end();
  return folder;
}

/** The days of the log up to this one. */
function* until(last: Day): Generator<readonly Action[]> {
  for (let next = log.next(); !next.done; next = log.next()) {
    yield next.value;
    if (dayOf(next.value.at(-1)?.time ?? 0) >= last) return;
  }
}

/** One more day goes by. */
async function live({ stores }: LocalLapse): Promise<void> {
  day += 1;
  const { value } = log.next();
  await stores.actions.append(value ?? []);
  await stores.actions.rollUp();
}

/** As each night does. */
async function makeList({ url, stores, lapse }: LocalLapse): Promise<void> {
  const sent = await fetch(`${url}/broker`, {
    ...{ method: "POST", headers: { "content-type": "application/cloudevents+json" } },
    body: JSON.stringify({
      ...{ specversion: "1.0", type: "dev.knative.sources.ping", source: "/pictures", id: `night-${day + 1}` },
      ...{ time: new Date(morning()).toISOString(), lapsejob: "features", data: {} },
    }),
  });
  if (!sent.ok) throw new Error(`The Broker answered with ${sent.status}.`);
  const snapshot = async () => (await stores.users.page({ filter: {}, order: "user_id", limit: 1 })).users[0]?.snapshot;
  while ((await snapshot()) !== day + 1) await pause(200);
  // All of the list, and what follows it.
  await lapse.work.settled();
  console.log(`list of night ${day + 1}`);
}

/** Contacts the treatment, of whom some come back, until all windows have closed. Returns the campaign. */
async function runCampaign(local: LocalLapse): Promise<string> {
  const { url, stores } = local;
  const { cost, ...asked } = spring;
  const created = await fetch(`${url}/v1/campaigns`, {
    ...{ method: "POST", headers: { "content-type": "application/json" } },
    body: JSON.stringify({ ...asked, cost_per_contact: cost }),
  });
  const { id } = (await created.json()) as { id: string };
  if (!created.ok) throw new Error(`No campaign was created: ${created.status}`);
  for await (const { userId } of stores.campaigns.assignments(id, "treatment")) {
    await stores.contacts.append([{ userId, time: morning(), campaignId: id, channel: "mail" }]);
    if (random() >= savedShare) continue;
    const back = day + 2 + Math.floor(random() * (spring.window_days - 5));
    comingBack.set(back, (comingBack.get(back) ?? new Set()).add(userId));
  }
  for (let passed = 0; passed < spring.window_days + 2; passed++) await live(local);
  await makeList(local);
  return id;
}

/** Of the whole page, of its first `height` pixels, or of these parts and what is between them. */
async function draw(
  url: string,
  name: string,
  { height, parts }: { readonly height?: number; readonly parts?: readonly string[] } = {},
): Promise<void> {
  const page = await browser.page({ viewport: { width: 1_280, height: height ?? 900 } });
  const response = await page.goto(url);
  if (!response?.ok()) throw new Error(`${url} was answered with ${response?.status()}.`);
  const path = join(flags.folder, `${name}.png`);
  if (parts === undefined) await page.screenshot({ path, fullPage: height === undefined });
  else {
    const boxes = await Promise.all(parts.map((part) => page.locator(part).boundingBox()));
    const found = boxes.filter((box) => box !== null);
    if (found.length < parts.length) throw new Error(`${url} lacks one of ${parts.join(", ")}.`);
    const edge = 22;
    const [left, top] = [Math.min(...found.map(({ x }) => x)), Math.min(...found.map(({ y }) => y))];
    const right = Math.max(...found.map(({ x, width }) => x + width));
    const bottom = Math.max(...found.map((box) => box.y + box.height));
    const clip = { x: left - edge, y: top - edge, width: right - left + 2 * edge, height: bottom - top + 2 * edge };
    await page.screenshot({ path, clip, fullPage: true });
  }
  await page.context().close();
  console.log(path);
}
