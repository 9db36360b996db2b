import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { parseDay, startOf } from "#churn/day.ts";
import { evidenceOf } from "#churn/gate/evidence.ts";
import { NightTally } from "#churn/promises/night-tally.ts";
import { exampleArtifact } from "#test/support/example-artifact.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

const night = parseDay("2024-05-21")!;
let local: LocalLapse;

beforeAll(async () => {
  local = await startLocalLapse();
  const { actions, models, ledger } = local.stores;
  const users = Array.from({ length: 200 }, (_, i) => `user-${i}`);
  await actions.append(
    users.flatMap((userId, u) =>
      Array.from({ length: 20 }, (_, i) => ({ userId, action: "visit", time: startOf(night + 1 - i * (1 + (u % 5))) })),
    ),
  );
  await actions.rollUp();
  for (const version of ["v2", "v3"]) await models.publish(exampleArtifact(version));
  const { manifest } = exampleArtifact("v1");
  const before = await models.alias("champion");
  await models.moveAlias("champion", "v1", before?.revision, {
    by: "ana",
    reason: "first",
    evidence: evidenceOf(manifest),
  });
  const list = { snapshot: night, modelVersion: "v1", role: "champion" as const };
  await ledger.append(users.map((userId) => ({ ...list, userId, state: "here" as const, probability: 0.25 })));
  await ledger.appendOutcomes(users.map((userId, i) => ({ ...list, userId, churned: i % 4 === 0 })));
  const tally = new NightTally();
  for (const [i, userId] of users.entries()) tally.add(userId, 0.25, i % 4 === 0, i % 30);
  await ledger.appendNights([{ ...list, addedAt: 1, night: tally.night() }]);
});

afterAll(() => local.close());

async function read(path: string, status = 200): Promise<unknown> {
  const response = await fetch(local.url + path);
  expect(response.status, path).toBe(status);
  return response.json();
}

describe("the model for tools", () => {
  it("lists versions page by page, each with its test and simpler rules on the same rows", async () => {
    const page = z.object({
      versions: z.array(z.looseObject({ version: z.string() })),
      next: z.string().optional(),
    });
    const first = page.parse(await read("/v1/versions?limit=2"));
    const second = page.parse(await read(`/v1/versions?limit=2&cursor=${first.next}`));
    expect([...first.versions, ...second.versions].map(({ version }) => version).sort()).toEqual(["v1", "v2", "v3"]);
    expect(second.next).toBeUndefined();
    const { test, peers, proof, training } = exampleArtifact("v1").manifest;
    expect([...first.versions, ...second.versions].find(({ version }) => version === "v1")).toMatchObject({
      in_service: true,
      test: {
        rows: test.rows,
        snapshots: test.snapshots,
        auc: test.auc,
        log_loss: test.logLoss,
        capture: test.capture,
      },
      recency: { rows: test.rows, log_loss: peers?.recency.logLoss },
      plain_rate: { log_loss: peers?.plainRate.logLoss },
      proof_learned_from: { up_to: proof?.snapshots.at(-1) },
      serving_learned_from: { up_to: training.snapshots.at(-1) },
    });
    await read("/v1/versions?cursor=unknown", 400);
  });

  it("tells every move with its evidence", async () => {
    const { test } = exampleArtifact("v1").manifest;
    const { moves } = z.object({ moves: z.array(z.unknown()) }).parse(await read("/v1/moves"));
    const evidence = { rows: test.rows, snapshots: test.snapshots };
    expect(moves).toContainEqual(expect.objectContaining({ place: "champion", to: "v1", by: "ana", reason: "first" }));
    expect(moves).toContainEqual(expect.objectContaining({ evidence: expect.objectContaining(evidence) }));
  });

  it("compares two versions by the same users", async () => {
    expect(await read("/v1/comparison?a=v1&b=v2")).toMatchObject({ a: "v1", b: "v2", share: 1, moves: { low: {} } });
    await read("/v1/comparison?a=v1&b=missing", 404);
  });

  it("tells what was promised and what happened, by month and by segment", async () => {
    const kept = { nights: 1, users: 200, promised: 50, left: 50, ratio: { value: 1 } };
    expect(await read("/v1/promises")).toMatchObject({
      newest: kept,
      shown: [{ month: "2024-05", all: kept, versions: [{ version: "v1" }] }],
      shadow: [],
    });
    const segments = await read("/v1/promises/segments");
    expect(segments).toMatchObject({ nights: ["2024-05-21"], share: 1, all: { rows: 200, left: 50, promised: 50 } });
    expect(segments).toMatchObject({ all: { auc: { value: 0.5 }, recency_auc: { value: expect.any(Number) } } });
  });
});

describe("the plan for tools", () => {
  it("says why where there is nothing to plan", async () => {
    expect(JSON.stringify(await read("/v1/plan?cost=1&worth=20", 400))).toContain("No user has a score that fits");
  });
});
