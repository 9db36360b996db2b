import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { campaignAudience, userRiskChanged } from "#runtime/event-kinds.ts";
import { freePort } from "#test/support/free-port.ts";
import { command } from "./kubectl.ts";
import { eventually, publish, send } from "./requests.ts";
import { type Message, riskChanged, WebhookReceiver } from "./webhook-receiver.ts";

// To a receiver on this machine. Uses the scores that the files before left.

const run = randomUUID();
const receiver = new WebhookReceiver();

/** Whom the receiver does not take. What becomes of it is seen later, after all retries. */
const unavailable = `unavailable-${run}`;

beforeAll(async () => {
  await receiver.start();
  receiver.unavailableFor.add(unavailable);
  await tell(unavailable);
});
afterAll(() => receiver.stop());

describe("the desk of a trial", () => {
  it("is opened by a forwarded port, as docs/desk.md has it", async () => {
    // It must have a pod; in a trial it always has one, and here it has just been killed.
    await eventually(async () =>
      expect(await send("http://desk.lapse.svc.cluster.local/v1/versions", {})).toMatchObject({ status: 200 }),
    );
    const port = await freePort();
    const forward = spawn("kubectl", ["-n", "lapse", "port-forward", "service/open-desk", `${port}:8080`]);
    try {
      const page = await eventually(() => send(`http://127.0.0.1:${port}/users`, {}));
      expect(page).toMatchObject({ status: 200, body: expect.stringContaining("<h1") });
    } finally {
      forward.kill();
    }
  });
});

describe("the webhook", () => {
  it("delivers the list of a campaign that is sent from the desk, signed, and once more after a 503", async () => {
    const desk = (path: string, body?: object) =>
      send(
        `http://desk.lapse.svc.cluster.local/v1/campaigns${path}`,
        { "content-type": "application/json" },
        body && JSON.stringify(body),
      );
    // Of few, all may be in one arm by chance, for which there is no campaign.
    const asked = { name: `Webhook ${run}`, id: run, state: "here", top: 40, control_share: 0.5 };
    const made = await desk("", asked);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    receiver.answers.set(run, [503]);
    const sent = z.object({ users: z.int(), parts: z.literal(1) }).parse((await desk(`/${run}/send`, {})).body);
    expect(sent.users).toBeGreaterThan(0);
    const messages = await messagesAbout(run, 2);
    const { users } = audienceSchema.parse((await desk(`/${run}/audience`)).body);
    expect(users).toHaveLength(sent.users);
    for (const message of messages)
      expect(message).toMatchObject({
        isSigned: true,
        type: campaignAudience.type,
        // Without why they may leave, which people read.
        data: { campaign: run, part: 1, users: users.map(({ because: _, ...user }) => user) },
      });
    // By which the receiver knows that it is the same.
    expect(messages[1]?.id).toBe(messages[0]?.id);
  });

  it("delivers each user whose risk has changed", async () => {
    const event = await tell(`entered-${run}`);
    const [message] = await messagesAbout(event.data.user_id, 1);
    expect(message).toMatchObject({ isSigned: true, type: userRiskChanged.type, data: event.data });
  });

  it("keeps what the receiver refuses as a dead letter with its answer, and does not send it again", async () => {
    const event = await tell(`refused-${run}`, 400, 400);
    await eventually(async () => expect(await letterOf(event.data.user_id)).toContain("400"));
    expect(await messagesAbout(event.data.user_id, 1)).toHaveLength(1);
  });

  it("keeps what the receiver does not take however often it is sent as a dead letter", async () => {
    await eventually(async () => expect(await letterOf(unavailable)).toContain(userRiskChanged.type));
    // The tests' Triggers retry five times.
    expect(await messagesAbout(unavailable, 6)).toHaveLength(6);
  });
});

/** Sends the Broker the event of a user whose risk has changed. The receiver responds with these statuses first. */
async function tell(user: string, ...statuses: number[]) {
  receiver.answers.set(user, statuses);
  const event = riskChanged(user, `/webhook-test/${run}`);
  await publish(event);
  return event;
}

/** What was received about a user or a campaign, once there are at least `least` messages. */
function messagesAbout(subject: string, least: number): Promise<Message[]> {
  return eventually(async () => {
    const found = receiver.messagesAbout(subject);
    expect(found.length).toBeGreaterThanOrEqual(least);
    return found;
  });
}

/** The line of the list of dead letters that names a user. */
async function letterOf(user: string): Promise<string> {
  const line = (await command("dead-letters", "list")).split("\n").find((one) => one.includes(user));
  expect(line).toBeDefined();
  return line ?? "";
}

const audienceSchema = z.object({
  users: z.array(z.looseObject({ user_id: z.string(), because: z.array(z.string()) })),
});
