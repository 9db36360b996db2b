import type { Campaign } from "#churn/campaign/campaign.ts";
import { dayOf } from "#churn/day.ts";
import { pings } from "#runtime/event-kinds.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { ingestLog } from "#scripts/log/ingest-log.ts";
import { startLocalLapse } from "../local-lapse.ts";
import { WebhookReceiver } from "../webhook-receiver.ts";

/** All of lapse in a process of its own, on a small log that it has learned from; prints what a caller must know, as JSON. */
const receiver = await WebhookReceiver.start();
const local = await startLocalLapse({
  environment: { BODY_SECONDS: "1", WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: receiver.secret },
});
const { lapse, stores } = local;
const log = generateLog({ users: 300, months: 4, endDay: dayOf(Date.now()) - 1, seed: 7 });
await ingestLog(log, { actions: stores.actions, now: Date.now });
for (const [name, { make }] of Object.entries(pings)) {
  lapse.wiring.broker.publish(make({ id: `${name}-1`, source: "/test", data: { through: "today" } }));
  await lapse.wiring.broker.idle();
}
await lapse.refresh();

const spring: Campaign = {
  ...{ id: "spring", name: "Spring", audience: "at risk", controlShare: 0.5, windowDays: 14, costPerContact: 1 },
  ...{ incentive: 0, outcomes: [], covariates: [], createdBy: "ann" },
  ...{ startsAt: Date.now(), lastAssignedAt: Date.now(), createdAt: Date.now() },
};
await stores.campaigns.create(spring);
await stores.campaigns.assign(spring, [
  { userId: "ann", arm: "treatment", assignedAt: spring.startsAt, covariates: [], outcomes: [] },
  { userId: "ben", arm: "control", assignedAt: spring.startsAt, covariates: [], outcomes: [] },
]);
await stores.campaigns.freeze("spring");

const whole = await local.key("send", "predict", "read", "operate");
const keys = [whole, await local.key("send"), await local.key("read")];
const scores = await stores.features.topScores(5);
const known = {
  keys: keys.map(({ text }) => text),
  users: scores.map(({ userId }) => userId),
  versions: await stores.models.versions(),
};
process.once("SIGTERM", () => void local.close().then(() => process.exit(0)));
console.log(`known ${JSON.stringify(known)}`);
console.log(`listens on port ${new URL(local.url).port}`);
