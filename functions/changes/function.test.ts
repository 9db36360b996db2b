import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { formatDay } from "#churn/day.ts";
import { noMeasures } from "#churn/list/measures.ts";
import type { Risk } from "#churn/score.ts";
import { digest, usersRiskChanged, usersScored } from "#runtime/event-kinds.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { handle } from "./function.ts";

const today = 20_500;
const { manifest } = exampleModel({ version: "v1" });
const { high, medium } = manifest.thresholds;
const probabilityOf: Readonly<Record<Risk, number>> = {
  high: (1 + high) / 2,
  medium: (high + medium) / 2,
  low: medium / 2,
};
let folder: string;
let stores: Stores;
let lists = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-changes-"));
  stores = await setUpStores({ dataDir: folder }, () => lists);
  await stores.models.publish({ ...exampleModel({ version: "v1" }), report: "" });
  await stores.models.moveAlias("champion", "v1", undefined, exampleNote);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

/** The list of one night; who is left out has lapsed if they were on the list before. */
async function night(snapshot: number, risks: Readonly<Record<string, Risk | "lapsed">>): Promise<void> {
  lists += 1;
  const users = Object.entries(risks).map(([userId, risk]) => {
    const common = {
      userId,
      snapshot,
      modelVersion: "v1",
      reasons: [],
      ...noMeasures,
      typicalGap: undefined,
      value: 10,
    };
    return risk === "lapsed"
      ? { ...common, state: "lapsed" as const, lapsedSince: snapshot - 1, probability: undefined, risk: undefined }
      : { ...common, state: "here" as const, lapsedSince: undefined, probability: probabilityOf[risk], risk };
  });
  await stores.ledger.append(
    users.flatMap(({ userId, probability }) =>
      probability === undefined
        ? []
        : [{ ...{ userId, snapshot, modelVersion: "v1", role: "champion", state: "here", probability } }],
    ),
  );
  await stores.users.put(users, lists);
  await stores.users.prune(lists);
}

const services = () => ({ ...stores, now: () => 1_000 });
const scored = usersScored.make({
  ...{
    id: "1",
    source: "/lapse/score",
    data: { model_version: "v1", users: 1, high: 1, medium: 0, low: 0, lapsed: 0 },
  },
});

/** Everything that is told of the list, as the broker has it told. */
async function told() {
  const changes: string[] = [];
  let event = await handle(scored, services());
  for (;;) {
    const changed = event && usersRiskChanged.read(event);
    if (changed === undefined) break;
    for (const { user_id, change, previous } of changed.data.changes)
      changes.push(`${user_id} ${change} ${previous?.risk ?? "-"}`);
    event = await handle(changed, services());
  }
  return { changes, digest: event && digest.read(event)?.data };
}

it("tells who entered risk, left it, or lapsed since the list before, and then the digest", async () => {
  await night(today, { ann: "low", ben: "high", cy: "high", dan: "high", eve: "low" });
  await night(today + 1, { ann: "high", ben: "low", cy: "lapsed", dan: "high", eve: "medium" });
  const { changes, digest: day } = await told();
  expect(changes).toEqual(["ann entered low", "ben left high", "cy lapsed high"]);
  expect(day).toMatchObject({
    ...{ snapshot: formatDay(today + 1), here: 4, at_risk: 2, slipping: 1, lapsed: 1 },
    changed: { entered: 1, left: 1, lapsed: 1 },
  });
  expect(day?.top.map(({ user_id }) => user_id)).toEqual(["ann", "dan"]);
});

it("says nothing of who goes to and fro between high and medium, and tells when they leave at last", async () => {
  await night(today, { ann: "high" });
  await night(today + 1, { ann: "medium" });
  expect((await told()).changes).toEqual([]);
  await night(today + 2, { ann: "high" });
  expect((await told()).changes).toEqual([]);
  await night(today + 3, { ann: "medium" });
  await night(today + 4, { ann: "low" });
  expect((await told()).changes).toEqual(["ann left medium"]);
});

it("tells only of the day where there was no list before, and the same when it is asked again", async () => {
  await night(today, { ann: "high" });
  expect((await told()).changes).toEqual([]);
  await night(today + 1, { ann: "high", ben: "high" });
  const [once, again] = [await handle(scored, services()), await handle(scored, services())];
  expect(again).toEqual(once);
  expect(once?.id).toBe(`${formatDay(today + 1)}.v1.entered.first`);
});

it("stops when the list has been replaced", async () => {
  await night(today, { ann: "low" });
  await night(today + 1, { ann: "high" });
  const first = await handle(scored, services());
  await night(today + 2, { ann: "high" });
  const changed = first && usersRiskChanged.read(first);
  expect(changed && (await handle(changed, services()))).toBeUndefined();
});
