import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { campaignAudience, userRiskChanged } from "#runtime/event-kinds.ts";
import { addressForPods } from "./address-for-pods.ts";
import { killPodsOf } from "./kill.ts";
import { command, kubectl } from "./kubectl.ts";
import { eventually, publish, send } from "./requests.ts";

// To a receiver on this machine, at the one port that the webhook may connect to. Uses the scores that the files before left.

const run = randomUUID();
const secret = randomBytes(24);
const port = 443;

/** Of a user or of a campaign. */
const dataSchema = z.looseObject({ user_id: z.string().optional(), campaign: z.string().optional() });

interface Message {
  readonly id: string;
  readonly isSigned: boolean;
  readonly type: string;
  readonly data: z.infer<typeof dataSchema>;
}

const received: Message[] = [];
/** What the receiver answers to the first messages of an event, by the user or campaign that it tells of; then 204. */
const answers = new Map<string, number[]>();

const receiver = createServer(async (request, response) => {
  const body = await text(request);
  const { type, data } = z.object({ type: z.string(), data: dataSchema }).parse(JSON.parse(body));
  received.push({ id: String(request.headers["webhook-id"]), isSigned: isSigned(request, body), type, data });
  response.writeHead(answers.get(about(data))?.shift() ?? 204).end();
});

beforeAll(async () => {
  await once(receiver.listen(port), "listening");
  const url = `http://${await addressForPods()}:${port}/hook`;
  const literals = { WEBHOOK_URL: url, WEBHOOK_SECRET: `whsec_${secret.toString("base64")}` };
  const options = Object.entries(literals).map(([name, value]) => `--from-literal=${name}=${value}`);
  await kubectl("create", "secret", "generic", "lapse-webhook", ...options);
  // A pod reads it when it starts.
  await killPodsOf("webhook");
});

afterAll(async () => {
  await kubectl("delete", "secret", "lapse-webhook", "--ignore-not-found");
  await killPodsOf("webhook");
  receiver.closeAllConnections();
  receiver.close();
});

describe("the webhook", () => {
  it("delivers the list of a campaign that is sent from the desk, signed, and once more after a 503", async () => {
    const desk = (path: string, body?: object) =>
      send(
        `http://desk.lapse.svc.cluster.local/v1/campaigns${path}`,
        { "content-type": "application/json" },
        body && JSON.stringify(body),
      );
    const asked = { name: `Webhook ${run}`, id: run, state: "here", top: 10, control_share: 0.5 };
    expect(await desk("", asked)).toMatchObject({ status: 201 });
    answers.set(run, [503]);
    const sent = z.object({ users: z.int(), parts: z.literal(1) }).parse((await desk(`/${run}/send`, {})).body);
    expect(sent.users).toBeGreaterThan(0);
    const messages = await messagesAbout(run, 2);
    const { users } = audienceSchema.parse((await desk(`/${run}/audience`)).body);
    expect(users).toHaveLength(sent.users);
    for (const message of messages)
      expect(message).toMatchObject({
        isSigned: true,
        type: campaignAudience.type,
        data: { campaign: run, part: 1, users },
      });
    // By which the receiver knows that it is the same.
    expect(messages[1]?.id).toBe(messages[0]?.id);
  });

  it("delivers each user whose risk has changed", async () => {
    const event = await tell("entered");
    const [message] = await messagesAbout(event.data.user_id, 1);
    expect(message).toMatchObject({ isSigned: true, type: userRiskChanged.type, data: event.data });
  });

  it("keeps what the receiver refuses as a dead letter with its answer, and does not send it again", async () => {
    const event = await tell("refused", 400, 400);
    await eventually(async () => expect(await letterOf(event.data.user_id)).toContain("400"), 60);
    expect(await messagesAbout(event.data.user_id, 1)).toHaveLength(1);
  });

  it("keeps what the receiver does not take however often it is sent as a dead letter", async () => {
    // The tests' Triggers retry twice.
    const event = await tell("unavailable", 503, 503, 503);
    await eventually(async () => expect(await letterOf(event.data.user_id)).toContain(userRiskChanged.type), 60);
    expect(await messagesAbout(event.data.user_id, 3)).toHaveLength(3);
  });
});

/** Sends the Broker the event of a user whose risk has changed, as the function `changes` does. */
async function tell(name: string, ...statuses: number[]) {
  const user = `${name}-${run}`;
  answers.set(user, statuses);
  const data = {
    user_id: user,
    snapshot: new Date().toISOString().slice(0, 10),
    model_version: "20260101T000000Z-abcdef",
    change: "entered" as const,
    previous: { risk: "low", probability: 0.08 },
    risk: "high" as const,
    probability: 0.61,
    reasons: ["no active day in the last 12 days"],
  };
  const time = new Date().toISOString();
  const event = userRiskChanged.make({ id: user, source: `/webhook-test/${run}`, subject: user, time, data });
  await publish(event);
  return event;
}

/** What was received about a user or a campaign, once there are at least `least` messages. */
function messagesAbout(subject: string, least: number): Promise<Message[]> {
  return eventually(async () => {
    const found = received.filter(({ data }) => about(data) === subject);
    expect(found.length).toBeGreaterThanOrEqual(least);
    return found;
  }, 60);
}

/** The line of the list of dead letters that names a user. */
async function letterOf(user: string): Promise<string> {
  const line = (await command("dead-letters", "list")).split("\n").find((one) => one.includes(user));
  expect(line).toBeDefined();
  return line ?? "";
}

/** As a receiver checks it by Standard Webhooks 1.0.0. */
function isSigned({ headers }: IncomingMessage, body: string): boolean {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`;
}

function about({ user_id, campaign }: z.infer<typeof dataSchema>): string {
  return user_id ?? campaign ?? "";
}

const audienceSchema = z.object({ users: z.array(z.looseObject({ user_id: z.string() })) });
