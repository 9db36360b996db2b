import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { InvalidInput } from "#churn/failure.ts";
import { actionEvent, contactEvent } from "#runtime/event-kinds.ts";
import type { AppendOutcome } from "#stores/actions/action-store.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { handle } from "./function.ts";
import { ingestItems } from "./ingest-items.ts";

const now = () => Date.UTC(2024, 2, 1, 12);
const event = {
  specversion: "1.0",
  type: actionEvent.type,
  source: "/shop",
  id: "e1",
  subject: "u1",
  time: "2024-03-01T11:00:00.000Z",
  data: { action: "purchase", value: 9.5 },
};
const action = {
  userId: "u1",
  action: "purchase",
  time: now() - 3_600_000,
  value: 9.5,
  eventId: "e1",
  source: "/shop",
};
const item = { user_id: "u1", action: "login", timestamp: "2024-03-01T11:00:00Z" };
const login = { userId: "u1", action: "login", time: now() - 3_600_000 };

describe("ingest of one CloudEvent", () => {
  it.each(["binary", "structured"] as const)("stores what the official SDK sends in %s mode", async (mode) => {
    const { answer, stored } = await send(HTTP[mode](new CloudEvent(event)));
    expect(answer).toEqual({ status: 204, headers: {}, body: "" });
    expect(stored).toEqual([action]);
  });

  it("prefers the time of the data", async () => {
    const data = { ...event.data, timestamp: "2024-02-01T00:00:00Z" };
    const { stored } = await send(HTTP.binary(new CloudEvent({ ...event, data })));
    expect(stored).toEqual([{ ...action, time: Date.UTC(2024, 1, 1) }]);
  });

  it.each(["", " NULL ", "undefined", null])("takes its own time where that of the data is %j", async (timestamp) => {
    const { stored } = await send(HTTP.binary(new CloudEvent({ ...event, data: { action: "login", timestamp } })));
    expect(stored).toMatchObject([{ time: Date.parse(event.time) }]);
  });

  it("answers a repeated one in the same way", async () => {
    const { answer } = await send(HTTP.binary(new CloudEvent(event)), () => ({ status: "duplicate" }));
    expect(answer.status).toBe(204);
  });

  it.each([
    ["subject", { subject: undefined }, "subject is required."],
    ["type", { type: "dev.lapse.other" }, "type must be dev.lapse.action or dev.lapse.contact."],
    ["data", { data: undefined }, "data must be an object that names the action."],
    ["data", { data: 4 }, "data must be an object that names the action."],
    ["data.action", { data: { value: 1 } }, "data.action is required."],
    ["time", { time: "2024-03-03T00:00:00Z" }, "time is more than a day in the future."],
    ["time", { time: undefined, data: { action: "login", timestamp: " NULL " } }, "time is required."],
    [
      "data.timestamp",
      { data: { action: "login", timestamp: "2024-03-03" } },
      "data.timestamp is more than a day in the future.",
    ],
  ])("refuses a wrong %s for good: %j", async (field, change, message) => {
    const wrong = {
      headers: { "content-type": "application/cloudevents+json" },
      body: JSON.stringify({ ...event, ...change }),
    };
    const error = await send(wrong).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error).toMatchObject({ message, details: { field } });
  });

  it("asks for it again when the store cannot take it now", async () => {
    const busy = () => ({ status: "unavailable", reason: "full" }) as const;
    await expect(send(HTTP.binary(new CloudEvent(event)), busy)).rejects.toThrow(StoreUnavailable);
  });
});

describe("ingest of a batch of CloudEvents", () => {
  const type = { "content-type": "application/cloudevents-batch+json" };

  it("keeps the good ones and reports the others", async () => {
    const batch = [event, { ...event, id: "" }, { ...event, subject: null }, 4, { ...event, id: "e2" }];
    const { answer, stored } = await send({ headers: type, body: JSON.stringify(batch) });
    expect(answer.status).toBe(200);
    expect(JSON.parse(String(answer.body))).toEqual({
      accepted: 2,
      created: 2,
      duplicates: 0,
      rejected: [
        { index: 1, field: "id", error: "id must not be empty." },
        { index: 2, field: "subject", error: "is required." },
        { index: 3, error: "A CloudEvent must be a JSON object." },
      ],
      rejected_total: 3,
    });
    expect(stored).toEqual([action, { ...action, eventId: "e2" }]);
  });

  it("takes an empty one", async () => {
    const { answer } = await send({ headers: type, body: "[]" });
    expect([answer.status, JSON.parse(String(answer.body))]).toMatchObject([200, { accepted: 0 }]);
  });
});

describe("an action with the id of a stored one and other content", () => {
  const judge = ({ value }: Action): AppendOutcome =>
    value === 7 ? { status: "duplicate", differs: true } : { status: "created" };

  it("is left out, and told by its position", async () => {
    const { answer } = await sendJson(JSON.stringify([item, { ...item, value: 7 }]), judge);
    const told = { created: 1, duplicates: 1, contradictions: [1], contradictions_total: 1 };
    expect([answer.status, JSON.parse(String(answer.body))]).toMatchObject([200, told]);
  });

  it("is counted, and told in the log, also where it comes from a Broker", async () => {
    const counted: unknown[] = [];
    const lines: string[] = [];
    const tell = (_fields: unknown, message?: string) => void lines.push(message ?? "");
    const services = {
      actions: { append: async (actions: readonly Action[]) => actions.map(() => judge({ ...login, value: 7 })) },
      now,
      mostItems: 5,
      metrics: {
        stored: (...args: unknown[]) => void counted.push(args),
        rejected: () => undefined,
        taken: () => undefined,
      },
      logger: { info: tell, warn: tell },
    };
    const type = { "content-type": "application/json" };
    const request = { method: "POST", path: "/", headers: type, body: Buffer.from(JSON.stringify([item])) };
    await handle(request, services);
    expect(counted).toContainEqual(["contradicting", 1]);
    expect(lines.at(-1)).toBe("ingest left out actions with the id of a stored one and other content: 1.");
    const { headers, body } = HTTP.binary(new CloudEvent(event));
    expect(
      (await handle({ ...request, headers: { ...headers }, body: Buffer.from(String(body)) }, services)).status,
    ).toBe(204);
    expect(lines.at(-1)).toContain("with the id of a stored one and other content, which it left out");
  });
});

describe("ingest of plain JSON", () => {
  it("takes one object or an array of them", async () => {
    for (const body of [item, [item]]) {
      const { answer, stored } = await sendJson(JSON.stringify(body));
      expect([answer.status, JSON.parse(String(answer.body))]).toEqual([
        200,
        { accepted: 1, created: 1, duplicates: 0, rejected: [], rejected_total: 0 },
      ]);
      expect(stored).toEqual([login]);
    }
  });

  it("tells how many values were left out because they are no numbers", async () => {
    const { answer, stored } = await sendJson(JSON.stringify({ ...item, value: "cheap" }));
    expect(JSON.parse(String(answer.body))).toMatchObject({ created: 1, values_left_out: 1 });
    expect(stored).toEqual([login]);
  });

  it("answers 400 when nothing is good, with the reasons", async () => {
    const { answer, stored } = await sendJson(JSON.stringify({ ...item, user_id: null }));
    expect(answer.status).toBe(400);
    expect(JSON.parse(String(answer.body))).toMatchObject({
      error: "None of the items is an action.",
      rejected: [{ index: 0, field: "user_id", error: "is required." }],
    });
    expect(stored).toEqual([]);
  });

  it("answers 503 when some must be sent again", async () => {
    const { answer } = await sendJson(JSON.stringify([item, { ...item, user_id: "u2" }]), ({ userId }) =>
      userId === "u2" ? { status: "unavailable", reason: "full" } : { status: "created" },
    );
    expect(answer.status).toBe(503);
    expect(answer.headers).toHaveProperty("retry-after");
    expect(JSON.parse(String(answer.body))).toMatchObject({ accepted: 1, unavailable: 1 });
  });

  it.each([
    ["application/json", "", "The body is empty."],
    ["application/json", " \n", "The body is empty."],
    ["application/json", "{", "The body is not valid JSON."],
    ["application/json; charset=latin1", "{}", "The body must be UTF-8; its content type names another charset."],
    ["application/x-www-form-urlencoded", "{}", "The content type must be application/json"],
    ["text/csv", "u1,login", "The content type must be application/json"],
    ["", "{}", "The content type must be application/json"],
  ])("refuses %j with the body %j", async (type, body, message) => {
    await expect(send({ headers: { "content-type": type }, body })).rejects.toThrow(message);
  });

  it("asks for it again when the store is down", async () => {
    const down = () => {
      throw new StoreUnavailable("down");
    };
    await expect(sendJson(JSON.stringify(item), down)).rejects.toThrow(StoreUnavailable);
  });
});

describe("ingest of what the business does", () => {
  const contact = { ...event, type: contactEvent.type };

  it("stores a contact as a passive action, by its own name if it has one", async () => {
    const named = await send(HTTP.binary(new CloudEvent({ ...contact, data: { action: "email_offer", value: 2 } })));
    expect(named.answer.status).toBe(204);
    expect(named.stored).toEqual([{ ...action, action: "email_offer", value: 2, passive: true }]);
    const { value, ...valueless } = action;
    for (const data of [{}, { channel: "phone" }, { passive: false }]) {
      const { stored } = await send(HTTP.structured(new CloudEvent({ ...contact, data })));
      expect(stored).toEqual([{ ...valueless, action: "contact", passive: true }]);
    }
    const { data, ...bare } = contact;
    const { headers } = HTTP.binary(new CloudEvent(bare));
    expect((await send({ headers, body: "" })).stored).toMatchObject([{ action: "contact", passive: true }]);
  });

  it("takes items and actions that say that they are passive", async () => {
    for (const [passive, expected] of [
      [true, { ...login, passive: true }],
      ["yes", { ...login, passive: true }],
      [false, login],
      [null, login],
    ] as const)
      expect((await sendJson(JSON.stringify({ ...item, passive }))).stored).toEqual([expected]);
    const sent = await send(HTTP.binary(new CloudEvent({ ...event, data: { action: "invoice", passive: true } })));
    expect(sent.stored).toMatchObject([{ action: "invoice", passive: true }]);
  });

  it("refuses what says neither", async () => {
    const { answer, stored } = await sendJson(JSON.stringify([item, { ...item, passive: "maybe" }]));
    expect(JSON.parse(String(answer.body)).rejected).toEqual([
      { index: 1, field: "passive", error: "must be true or false." },
    ]);
    expect(stored).toEqual([login]);
  });

  it("does not take it for news of the users", async () => {
    const times: number[] = [];
    const metrics = { stored: () => undefined, rejected: () => undefined, taken: (time: number) => times.push(time) };
    const items = [item, { ...item, timestamp: "2024-03-01T11:30:00Z", passive: true }];
    await ingestItems(items, {
      actions: { append: async (actions) => actions.map(() => ({ status: "created" })) },
      now,
      metrics,
    });
    expect(times).toEqual([login.time]);
  });
});

describe("ingest of NDJSON", () => {
  it("keeps every digit of ids that are numbers of 64 bits, as in JSON", async () => {
    const users = ["738529527931269425", "738529527931269426", "-9223372036854775808"];
    const bodies = users.map((user) => JSON.stringify({ ...item, user_id: "" }).replace('""', user));
    const { stored } = await send({ headers: { "content-type": "application/x-ndjson" }, body: bodies.join("\n") });
    expect(stored.map(({ userId }) => userId)).toEqual(users);
    expect((await sendJson(`[${bodies.join(",")}]`)).stored).toEqual(stored);
  });

  it("reads lines with CRLF, blank lines and a byte order mark, with or without a last newline", async () => {
    const other = JSON.stringify({ ...item, user_id: "u2" });
    for (const body of [`${JSON.stringify(item)}\n${other}`, `\ufeff${JSON.stringify(item)}\r\n\r\n  \n${other}\r\n`]) {
      const { stored } = await send({ headers: { "content-type": "application/x-ndjson" }, body });
      expect(stored).toEqual([login, { ...login, userId: "u2" }]);
    }
  });

  it("loses only the line that is broken", async () => {
    const body = `${JSON.stringify(item)}\n{"user_id": \n${JSON.stringify({ ...item, user_id: "u2" })}\n`;
    const { answer, stored } = await send({ headers: { "content-type": "application/x-ndjson" }, body });
    expect(JSON.parse(String(answer.body))).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, error: "is not valid JSON." }],
    });
    expect(stored).toHaveLength(2);
  });
});

interface Message {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

async function send(
  { headers, body }: Message,
  judge: (action: Action) => AppendOutcome = () => ({ status: "created" }),
) {
  const stored: Action[] = [];
  const append = async (actions: readonly Action[]) => {
    stored.push(...actions);
    return actions.map(judge);
  };
  const request = { method: "POST", path: "/", headers, body: Buffer.from(String(body)) };
  return { answer: await handle(request, { actions: { append }, now, mostItems: 5 }), stored };
}

function sendJson(body: string, judge?: (action: Action) => AppendOutcome) {
  return send({ headers: { "content-type": "application/json" }, body }, judge);
}
