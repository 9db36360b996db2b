import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Action, actionId } from "#churn/action.ts";
import { parseItem } from "#functions/ingest/item.ts";
import type { Fields } from "../check/event.ts";
import { everyPlugin } from "../check/every-plugin.ts";
import { itemsOf } from "../check/items-of.ts";
import { isKnown, optionsOf } from "../check/options.ts";
import { readPipeline } from "../check/read-pipeline.ts";
import { runPipeline } from "../check/run-pipeline.ts";

const names = ["beats", "actions", "functions"];
const [beats, actions, functions] = await Promise.all([
  readPipeline("beats"),
  readPipeline("actions"),
  readPipeline("functions"),
]);
const now = Date.UTC(2026, 10, 24);

const line = {
  "@timestamp": "2026-11-23T10:00:00.123Z",
  "service.name": "shop",
  "event.dataset": "lapse.actions",
  "event.id": "e1",
  "event.action": "purchase",
  "user.id": "ana",
  "lapse.value": 9.5,
};
const action = {
  userId: "ana",
  action: "purchase",
  time: Date.parse(line["@timestamp"]),
  value: 9.5,
  eventId: "e1",
  source: "shop",
};
const access = '10.0.0.7 - ana [23/Nov/2026:11:00:00 +0100] "GET /products/17?color=red HTTP/1.1" 200 512 "-" "curl/8"';

/** A line as Filebeat sends it. */
function beat(message: string, more: Fields = {}): Fields {
  const log = { offset: 100, file: { path: "/var/log/pods/a/0.log" } };
  return {
    "@timestamp": "2026-11-23T10:00:05.000Z",
    message,
    log,
    container: { id: "c1" },
    agent: { name: "n" },
    ...more,
  };
}

function accessBeat(message = access): Fields {
  return beat(message, { kubernetes: { labels: { "lapse-log": "access" } } });
}

/** The actions that ingest accepts from an event. */
function taken(event: Fields): Action[] {
  return itemsOf(actions, event).map((item) => {
    // As it arrives over HTTP.
    const parsed = parseItem(JSON.parse(JSON.stringify(item)), now);
    if ("error" in parsed) throw new Error(`${parsed.field} ${parsed.error}`);
    return parsed;
  });
}

describe("the pipelines", () => {
  it.each(names)("%s: have plugins and options that there are", async (name) => {
    const plugins = everyPlugin(await readPipeline(name));
    expect(plugins.length).toBeGreaterThan(1);
    for (const plugin of plugins) {
      expect(isKnown(plugin.name) || plugin.name).toBe(true);
      if (isKnown(plugin.name)) optionsOf(plugin, plugin.name);
    }
  });

  it("write to indices that ECK's user for Logstash may write to", () => {
    const outputs = [actions, functions].flatMap(everyPlugin).filter(({ name }) => name === "elasticsearch");
    // pkg/controller/elasticsearch/user/roles.go of ECK: eck_logstash_user_role.
    expect(outputs.map((plugin) => optionsOf(plugin, "elasticsearch").index)).toEqual([
      expect.stringMatching(/^logstash-/),
      expect.stringMatching(/^logstash-/),
    ]);
  });

  it("are those in Logstash's configuration, and send to addresses that exist", async () => {
    const manifest = await readFile(new URL("logstash.yaml", import.meta.url), "utf8");
    for (const name of names) expect(manifest).toContain(`pipelines/${name}.conf`);
    const addresses = [actions, functions].flatMap(({ input }) => input);
    expect(JSON.stringify(addresses)).toMatch(/"actions".*"functions"/);
    const to = (event: Fields) => JSON.stringify(runPipeline(beats, event).map(({ to }) => to.options));
    expect(to(beat("", { kubernetes: { namespace: "lapse" } }))).toContain('"functions"');
    expect(to(beat("", { kubernetes: { namespace: "shop" } }))).toContain('"actions"');
    expect(to(beat(""))).toContain('"actions"');
  });
});

describe("the pipeline of actions", () => {
  it("turns a line in ECS into an action, with dotted or nested names", () => {
    expect(taken(beat(JSON.stringify(line)))).toEqual([action]);
    const nested = {
      "@timestamp": line["@timestamp"],
      service: { name: "shop" },
      event: { dataset: "lapse.actions", id: "e1", action: "purchase" },
      user: { id: "ana" },
      lapse: { value: 9.5 },
    };
    expect(taken(beat(JSON.stringify(nested)))).toEqual([action]);
    const passive = [{ ...action, passive: true }];
    expect(taken(beat(JSON.stringify({ ...line, "lapse.passive": true })))).toEqual(passive);
    expect(taken(beat(JSON.stringify({ ...nested, lapse: { value: 9.5, passive: true } })))).toEqual(passive);
  });

  it("sends nothing else from a line", () => {
    const [item] = itemsOf(actions, beat(JSON.stringify({ ...line, "user.email": "ana@example.com" })));
    expect(Object.keys(item ?? {}).sort()).toEqual(
      ["@timestamp", "action", "event_id", "source", "timestamp", "user_id", "value"].sort(),
    );
  });

  it("turns a line of an access log into an action", () => {
    expect(taken(accessBeat())).toMatchObject([
      { userId: "ana", action: "GET /products/:id", time: Date.UTC(2026, 10, 23, 10), source: "log-line" },
    ]);
    const common = access.replace(/ "-" "curl.*/, "");
    expect(taken(accessBeat(common))).toMatchObject([{ userId: "ana" }]);
    expect(taken(beat(access, { fields: { "lapse-log": "access" } }))).toMatchObject([{ userId: "ana" }]);
  });

  it("drops unknown users and failed requests", () => {
    expect(runPipeline(actions, accessBeat(access.replace(" ana ", " - ")))).toEqual([]);
    for (const status of ["404", "500", "101"]) {
      expect(runPipeline(actions, accessBeat(access.replace(" 200 ", ` ${status} `)))).toEqual([]);
    }
  });

  it("drops an application's other lines", () => {
    for (const other of [
      "listening",
      "",
      "42",
      "[1]",
      '"x"',
      "null",
      JSON.stringify({ ...line, "event.dataset": "shop" }),
    ]) {
      expect(runPipeline(actions, beat(other))).toEqual([]);
    }
  });

  it.each([
    ["JSON that is cut off", beat(JSON.stringify(line).slice(0, -5))],
    ["an access log of another format", accessBeat("GET /products/17 ana")],
  ])("puts %s where an operator finds it", (_, event) => {
    const [sent, ...others] = runPipeline(actions, event);
    expect(others).toEqual([]);
    expect(sent?.to.name).toBe("elasticsearch");
    expect(sent?.event).toMatchObject({ message: event.message });
  });

  it.each([
    ["access log", accessBeat()],
    ["ECS without an id", beat(JSON.stringify({ ...line, "event.id": undefined }))],
  ])(
    "knows a line again (%s): at another path, but not at another offset, in another container or with another text",
    (_, event) => {
      const idOf = (changed: Fields) => taken(changed).map(actionId).join();
      const id = idOf(event);
      expect(id).toHaveLength(22);
      expect(idOf({ ...event, log: { offset: 100, file: { path: "/var/log/pods/a/0.log.1" } } })).toBe(id);
      expect(idOf({ ...event, log: { offset: 101 } })).not.toBe(id);
      expect(idOf({ ...event, container: { id: "c2" } })).not.toBe(id);
      expect(idOf({ ...event, message: `${event.message} ` })).not.toBe(id);
    },
  );

  it("keeps batches while ingest or its gateway is down, and drops those that it refuses for good", () => {
    const http = everyPlugin(actions).find(({ name }) => name === "http");
    const options = optionsOf(http!, "http");
    expect(options).toMatchObject({ format: "json_batch", http_method: "post", retry_failed: true });
    expect(options.retryable_codes).toEqual(expect.arrayContaining([404, 429, 500, 502, 503, 504]));
    // Until the key is known: lines must not be lost because it was revoked.
    expect(options.retryable_codes).toEqual(expect.arrayContaining([401, 403]));
    // The default counts for the variable that is not set: Logstash does not start without one.
    expect(options.headers?.Authorization).toMatch(/^Bearer \$\{INGEST_KEY:none\}$/);
    for (const final of [400, 413]) expect(options.retryable_codes).not.toContain(final);
  });
});
