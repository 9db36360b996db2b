import { expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { Entries, operationOf } from "./entries.ts";

const elasticsearch = new Elasticsearch({
  url: "http://localhost:9200",
  prefix: "shop",
  timeoutMilliseconds: 1,
  retryMilliseconds: 0,
  random: () => 0,
});

it("writes an action as an ECS document of its UTC month", () => {
  const action = {
    userId: 'ann "\u0000🦆',
    action: "buy\n",
    time: Date.parse("2024-02-29T23:59:59.999Z") + 0.5,
    value: 9.5,
    eventId: "e\\1",
    source: "/shop",
  };
  const { line, document } = written(action);
  expect(line).toEqual({ create: { _index: "shop-actions-2024.02", _id: expect.stringMatching(/^[\w-]{22}$/) } });
  expect(document).toEqual({
    "@timestamp": "2024-02-29T23:59:59.999Z",
    event: {
      id: "e\\1",
      provider: "/shop",
      action: "buy\n",
      dataset: "lapse.actions",
      ingested: "2024-03-01T00:00:00.000Z",
    },
    user: { id: 'ann "\u0000🦆' },
    lapse: { bucket: expect.any(Number), day: 19_782, value: 9.5 },
  });
});

it("leaves out what an action does not have, and rounds times before 1970 down", () => {
  const { line, document } = written({ userId: "ann", action: "login", time: -0.5 });
  expect(line.create._index).toBe("shop-actions-1969.12");
  expect(document["@timestamp"]).toBe("1969-12-31T23:59:59.999Z");
  expect(Object.keys(document.event)).toEqual(["action", "dataset", "ingested"]);
  expect(document.lapse).toEqual({ bucket: expect.any(Number), day: -1 });
});

it("tells which actions of a call are one, by identity and month", () => {
  const march = { userId: "ann", action: "login", time: Date.UTC(2024, 2, 31), eventId: "1", source: "a" };
  const april = { ...march, time: Date.UTC(2024, 3, 1) };
  const again = { ...march, userId: "ben", time: Date.UTC(2024, 2, 1) };
  const entries = new Entries([march, april, again, april, march]);
  const taken = [...entries.take(1), ...entries.take(2)];
  expect(taken.map(({ action, month }) => [action, month])).toEqual([
    [march, "2024.03"],
    [april, "2024.04"],
  ]);
  expect(entries.count).toBe(2);
  expect(entries.allTaken).toBe(true);
  expect(entries.ofActions()).toEqual([
    { entry: 0, repeated: false },
    { entry: 1, repeated: false },
    { entry: 0, repeated: true },
    { entry: 1, repeated: true },
    { entry: 0, repeated: true },
  ]);
});

function written(action: Action) {
  const [entry] = new Entries([action]).take(1);
  const { action: line, document } = operationOf(elasticsearch, entry!, "2024-03-01T00:00:00.000Z");
  return { line: JSON.parse(line), document: JSON.parse(document!) };
}
