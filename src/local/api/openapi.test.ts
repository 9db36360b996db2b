import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Campaign } from "#churn/campaign/campaign.ts";
import { roles } from "#runtime/access/access.ts";
import type { OpenApi, Operation, Parameter } from "#runtime/openapi/document.ts";
import type { JsonSchema } from "#runtime/openapi/json-schema.ts";
import { uploadType } from "#runtime/upload-route.ts";
import type { Stores } from "#stores/open-stores.ts";
import { arbitraryOf, spoiled } from "#test/support/arbitrary-json.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";
import { WebhookReceiver } from "#test/support/webhook-receiver.ts";

const numRuns = 40;
const seed = 20261126;

let local: LocalLapse;
let receiver: WebhookReceiver;
let api: OpenApi;
const ajv = new Ajv2020({ strict: false, allErrors: false });
formats.default(ajv);
ajv.addFormat("base64", /^[A-Za-z0-9+/]*=*$/);

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  // Without it no list can be sent.
  local = await startLocalLapse({ environment: { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: receiver.secret } });
  await storeUsers(local.stores);
  api = (await (await fetch(`${local.url}/openapi.json`)).json()) as OpenApi;
  ajv.addSchema({ $id: "api", components: api.components });
});

afterAll(async () => {
  await local.close();
  await receiver.close();
});

/** Users with scores, on the list, and a campaign of two of them. */
async function storeUsers({ features, users: list, campaigns }: Stores): Promise<void> {
  const snapshot = 20_000;
  const churn = { churnDays: 14, leadDays: 0, observeDays: 28 };
  const names = ["days_since_last", "days_since_first", "value_28d"];
  await features.putSet({ id: "set", snapshot, definition: { churn, actions: [] }, populations: [churn], names });
  // For as many campaigns as are made of them below.
  const users = ["ann", "ben", ...Array.from({ length: 1_200 }, (_, i) => `user-${i}`)];
  await features.put(
    "set",
    users.map((userId) => ({ userId, lapsed: [null], values: [3, 50, 20] })),
  );
  await features.completeSet("set");
  const reasons = [{ feature: "days_since_last", value: 3, typical: 1, contribution: 1, sentence: "silent" }];
  const scored = { snapshot, probability: 0.5, risk: "high", modelVersion: "v1", reasons } as const;
  await features.putScores(users.map((userId) => ({ userId, ...scored })));
  await list.put(
    users.map((userId) => listedUser(userId, { ...scored, value: 10, silence: 3, tenure: 50 })),
    Date.now(),
  );
  const spring: Campaign = {
    ...{ id: "spring", name: "Spring", audience: "at risk", controlShare: 0.5, windowDays: 14, costPerContact: 1 },
    ...{ incentive: 0, outcomes: [], covariates: [], createdBy: "ann" },
    ...{ startsAt: Date.now(), lastAssignedAt: Date.now(), createdAt: Date.now() },
  };
  await campaigns.create(spring);
  await campaigns.assign(spring, [
    { userId: "ann", arm: "treatment", assignedAt: spring.startsAt, covariates: [], outcomes: [] },
    { userId: "ben", arm: "control", assignedAt: spring.startsAt, covariates: [], outcomes: [] },
  ]);
  await campaigns.freeze("spring");
}

interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function operations(): readonly Described[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** Values that are there, so that requests come to something. */
const known = {
  user: ["ann", "nobody"],
  // A PingSource, and what campaigns may be called, which there is one of each.
  name: [...Array.from({ length: 100 }, () => "features"), ...Array.from({ length: 100 }, (_, i) => `autumn ${i}`)],
  version: ["v1", "v2"],
  a: ["v1"],
  b: ["v1"],
  timestamp: [new Date().toISOString()],
  time: [new Date().toISOString()],
  // Of a campaign, and of a user.
  id: ["spring", "ann"],
  state: ["here"],
  sort: ["probability", "value_at_risk"],
  // Enough for both arms, and few enough for many campaigns that are under way at once.
  top: [12],
  control_share: [0.3],
  ...{ min_probability: [0], min_risk: [0], min_value: [0], min_silence: [0], min_tenure: [0], reason: ["rhythm"] },
  ...{ max_probability: [1], max_risk: [100], max_value: [1e6], max_silence: [99_999], max_tenure: [99_999] },
  ...{
    control: [30],
    rest: [0],
    rest_days: [0],
    window: [14],
    opt_out: ["yes"],
    contacts: ["user\nann"],
    file: ["user\nann"],
  },
};

const validators = new Map<string, ValidateFunction>();

function compiled(schema: JsonSchema): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/components', '"api#/components');
  const validate = validators.get(text) ?? ajv.compile(JSON.parse(text));
  validators.set(text, validate);
  return validate;
}

function urlOf(path: string, values: Readonly<Record<string, unknown>>, parameters: readonly Parameter[]): string {
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place } of parameters) {
    const value = values[name];
    if (value === undefined) continue;
    if (place === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(String(value)));
    else query.set(name, String(value));
  }
  return `${local.url}${filled}${query.size > 0 ? `?${query}` : ""}`;
}

function parametersOf({ parameters = [] }: Operation): fc.Arbitrary<Record<string, unknown>> {
  const members = parameters.map(({ name, schema }) => {
    const values = (known as Record<string, readonly unknown[]>)[name];
    return [name, values === undefined ? arbitraryOf(schema) : fc.constantFrom(...values)] as const;
  });
  return fc.record(Object.fromEntries(members), {
    requiredKeys: parameters.filter((one) => one.required).map(({ name }) => name),
  });
}

/** Sends a request, and holds the response to what is described of it. Returns its status. */
async function exchange(url: string, { method, path, operation }: Described, init: RequestInit): Promise<number> {
  const response = await fetch(url, { method, redirect: "manual", ...init });
  const text = await response.text();
  const what = `${method} ${path} with ${String(init.body).slice(0, 300)}: ${response.status} ${text.slice(0, 300)}`;
  expect(response.status, what).toBeLessThan(500);
  const described = operation.responses[String(response.status)] ?? operation.responses.default;
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  if (text === "") return response.status;
  const schema = described?.content?.[type]?.schema ?? operation.responses.default?.content?.[type]?.schema;
  expect(schema, `${what} has the type ${type}, which is not described`).toBeDefined();
  if (type.endsWith("json")) {
    const validate = compiled(schema ?? {});
    expect(validate(JSON.parse(text)), `${what} ${JSON.stringify(validate.errors)}`).toBe(true);
  }
  return response.status;
}

describe("the OpenAPI description", () => {
  it("describes every route of lapse, each by itself and with its role", () => {
    const served = local.lapse.served.flatMap(({ routes }) => routes);
    expect(operations()).toHaveLength(new Set(served.map(({ method, path }) => `${method} ${path}`)).size);
    expect(new Set(operations().map(({ operation }) => operation.operationId)).size).toBe(operations().length);
    for (const { method, access, path } of served) {
      const template = path.replace(/(?<!:):([a-z]+)/g, "{$1}").replaceAll("::", ":");
      const operation = api.paths[template]?.[method.toLowerCase()];
      const needs = operation?.security.flatMap((one) => Object.values(one).flat());
      expect(needs, `${method} ${path}`).toEqual(roles.some((role) => role === access) ? [access] : []);
    }
  });

  it("says when a right request is refused for now, where there is no one to receive a list", () => {
    expect(api.paths["/v1/campaigns/{id}/send"]?.post?.responses["409"]?.description).toContain("WEBHOOK_URL");
    expect(api.paths["/v1/campaigns"]?.get?.responses).not.toHaveProperty("409");
  });

  it("is made of schemas that are valid, and declares each part of a path that varies", () => {
    expect(api.openapi).toBe("3.1.1");
    for (const { path, operation } of operations()) {
      const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((one) => one.in === "path").map(({ name }) => name);
      expect(declared).toEqual(named);
      const contents = [
        operation.requestBody?.content,
        ...Object.values(operation.responses).map(({ content }) => content),
      ];
      for (const content of contents)
        for (const { schema } of Object.values(content ?? {})) expect(() => compiled(schema)).not.toThrow();
    }
  });

  it("has patterns that regular expressions of every language can read: no classes of Unicode", () => {
    const patterns = [...JSON.stringify(api).matchAll(/"pattern":"((?:[^"\\]|\\.)*)"/g)].map(([, pattern]) => pattern);
    expect(patterns.length).toBeGreaterThan(5);
    for (const pattern of patterns) expect(pattern).not.toMatch(/\\p\{/i);
  });

  it("has a page that shows every operation, and no function without any", async () => {
    const page = await (await fetch(`${local.url}/api`)).text();
    expect(page).toContain("<h2>predict</h2>");
    expect(page).not.toMatch(/<\/h2>\s*<h2>/);
    expect(page).not.toContain("<h2>train</h2>");
    for (const { method, path, operation } of operations()) {
      expect(page).toContain(`<h3><code>${method} ${path}</code></h3>`);
      expect(page).toContain(operation.summary);
    }
  });
});

describe("requests made from the OpenAPI description", () => {
  it("are answered as described when they are right", async () => {
    const accepted = new Set<string>();
    const asked = new Set<string>();
    // Last what runs a night: once it has seen the actions that others send, it drops users who have none.
    const startsRuns = ({ path }: Described) => path === "/run/{name}";
    const inOrder = operations().toSorted((a, b) => Number(startsRuns(a)) - Number(startsRuns(b)));
    expect(inOrder.some(startsRuns)).toBe(true);
    for (const described of inOrder) {
      const { path, operation } = described;
      const bodies = Object.entries(operation.requestBody?.content ?? { "": { schema: {} } });
      for (const [type, { schema }] of bodies) {
        for (const [values, body] of fc.sample(fc.tuple(parametersOf(operation), arbitraryOf(schema, known)), {
          seed,
          numRuns,
        })) {
          const init = type === "" ? {} : sentAs(type, body);
          const url = urlOf(path, values, operation.parameters ?? []);
          // Most that read have few parameters, and chance makes the same request of them again and again.
          if (described.method === "GET") {
            if (asked.has(url)) continue;
            asked.add(url);
          }
          const status = await exchange(url, described, init);
          if (status < 400) accepted.add(`${described.method} ${path} ${type}`);
        }
      }
    }
    const all = operations().flatMap(({ method, path, operation }) =>
      Object.keys(operation.requestBody?.content ?? { "": {} }).map((type) => `${method} ${path} ${type}`),
    );
    // What a schema cannot say: that lines are actions, that the log to compare by is not empty, that a key is one, that there is a version to roll back to, or a dead letter, that a tensor has the model's shape.
    const unsaid = all.filter((one) => /ndjson|v1\/comparison|POST \/session |infer|rollback|dead-letters/.test(one));
    expect(all.filter((one) => !accepted.has(one) && !unsaid.includes(one))).toEqual([]);
  });

  it("are refused as described when they are wrong", async () => {
    let wrong = 0;
    for (const described of operations()) {
      const { path, operation } = described;
      for (const [type, { schema }] of Object.entries(operation.requestBody?.content ?? {})) {
        if (!type.endsWith("json")) continue;
        const validate = compiled(schema);
        const bodies = spoiled(arbitraryOf(schema, known)).filter(
          (body) => !validate(JSON.parse(JSON.stringify(body))),
        );
        const isStrict = JSON.stringify(schema) !== "{}";
        if (!isStrict) continue;
        const values = Object.fromEntries(
          (operation.parameters ?? []).map(({ name }) => [
            name,
            name === "name" ? "features" : name === "version" ? "v1" : undefined,
          ]),
        );
        for (const body of fc.sample(bodies, { seed, numRuns })) {
          const init = { body: JSON.stringify(body), headers: { "content-type": type } };
          const status = await exchange(urlOf(path, values, operation.parameters ?? []), described, init);
          expect([400, 413], `${path} ${init.body.slice(0, 300)}`).toContain(status);
          wrong += 1;
        }
      }
    }
    expect(wrong).toBeGreaterThan(300);
  });

  it("are refused when they are no JSON, of another type, or have a parameter that is wrong", async () => {
    for (const described of operations()) {
      const { path, operation } = described;
      const url = urlOf(path, { name: "features", version: "v1" }, operation.parameters ?? []);
      for (const type of Object.keys(operation.requestBody?.content ?? {})) {
        if (type.endsWith("json")) {
          const status = await exchange(url, described, { body: "{", headers: { "content-type": type } });
          expect(status, path).toBe(400);
        }
        const other = { body: "{}", headers: { "content-type": "image/png" } };
        expect([400, 415]).toContain(await exchange(url, described, other));
      }
    }
    const explain = operations().find(({ path }) => path.endsWith(":explain"));
    if (explain === undefined) throw new Error("There is no explanation.");
    const init = { body: '{"instances":[]}', headers: { "content-type": "application/json" } };
    for (const reasons of ["x", "-1", "1001", "1.5", ""])
      expect(await exchange(`${local.url}${explain.path}?reasons=${reasons}`, explain, init)).toBe(400);
  });
});

/** A body of a type. Of a form with files fetch itself says by which text its fields are divided. */
function sentAs(type: string, body: unknown): RequestInit {
  if (type !== uploadType) return { body: bodyOf(type, body), headers: { "content-type": type } };
  const form = new FormData();
  for (const [name, value] of Object.entries(body ?? {}))
    form.append(name, name === "file" ? new File([String(value)], "sent.csv") : String(value));
  return { body: form };
}

function bodyOf(type: string, body: unknown): string {
  if (type.endsWith("json") && type !== "application/x-ndjson") return JSON.stringify(body);
  if (typeof body === "string") return body;
  return new URLSearchParams(
    Object.entries(body ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}
