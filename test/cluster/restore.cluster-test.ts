import { expect, it } from "vitest";
import * as z from "zod";
import { command, kubectl } from "./kubectl.ts";
import { overlay } from "./overlay.ts";
import { eventually, predict } from "./requests.ts";
import { count, countActions, elasticsearch } from "./state.ts";

// Uses the actions, features and model that lapse.cluster-test.ts left, and leaves them to the files after it.

const stores = ["elasticsearch", "minio"] as const;

it("brings everything back after both stores were lost with their volumes", { timeout: 400_000 }, async () => {
  const user = await someUser();
  const before = await contents(user);
  expect(before.actions).toBeGreaterThan(0);
  await run("backup");

  await loseStores();
  await setUp();
  expect(await countActions("*")).toBe(0);
  await createAdministrator();
  await run("restore");
  await kubectl("delete", "secret", "lapse-administrator");

  // Of all that is compared the predictor alone may be behind, until it looks at the alias again.
  await eventually(async () => expect(await predict([{ user_id: user }])).toEqual(before.prediction));
  await eventually(async () => expect(await contents(user)).toEqual(before));
});

/** A user of whom features are stored. */
async function someUser(): Promise<string> {
  const answer = await elasticsearch("POST", "lapse-users/_search", {
    size: 1,
    query: { exists: { field: "user.id" } },
  });
  return foundSchema.parse(answer).hits.hits[0]._source.user.id;
}

const foundSchema = z.object({
  hits: z.object({ hits: z.tuple([z.object({ _source: z.object({ user: z.object({ id: z.string() }) }) })]) }),
});

/** What people and tools see of what is stored. */
async function contents(user: string) {
  return {
    actions: await countActions("*"),
    ledger: await count("lapse-ledger-*", "*"),
    models: await command("models", "list"),
    moves: await command("models", "history"),
    letters: await command("dead-letters", "list"),
    prediction: await predict([{ user_id: user }]),
  };
}

/** Has a CronJob run now, and waits until it is done. */
async function run(name: "backup" | "restore"): Promise<void> {
  await kubectl("create", "job", `--from=cronjob/${name}`, `${name}-now`);
  await kubectl("wait", "--for=condition=complete", "--timeout=120s", `job/${name}-now`);
}

/** Both start again on volumes that are empty. */
async function loseStores(): Promise<void> {
  const claims = stores.map((store) => `pvc/data-${store}-0`);
  const uids = () => kubectl("get", ...claims, "--ignore-not-found", "--output=jsonpath={.items[*].metadata.uid}");
  const lost = (await uids()).split(" ");
  await kubectl("delete", ...claims, "--wait=false");
  // A claim goes once no pod has it, and a new one comes with the next pod.
  await eventually(async () => {
    await kubectl(
      "delete",
      ...stores.map((store) => `pod/${store}-0`),
      "--ignore-not-found",
      "--grace-period=0",
      "--force",
    );
    const found = (await uids()).split(" ");
    expect(found).toHaveLength(stores.length);
    for (const uid of lost) expect(found).not.toContain(uid);
  });
  await kubectl("wait", "--for=condition=ready", "--timeout=180s", ...stores.map((store) => `pod/${store}-0`));
}

/** Their users, the bucket and the index templates, as at the first apply. */
async function setUp(): Promise<void> {
  await kubectl("delete", "job", "set-up", "--ignore-not-found");
  await kubectl("apply", "--kustomize", overlay("plain"), "--selector=app.kubernetes.io/name=set-up");
  await kubectl("wait", "--for=condition=complete", "--timeout=120s", "job/set-up");
}

async function createAdministrator(): Promise<void> {
  const ofElasticsearch = rootSchema.parse(
    JSON.parse(await kubectl("get", "secret", "elasticsearch-root", "--output=json")),
  );
  const ofMinio = rootSchema.parse(JSON.parse(await kubectl("get", "secret", "minio-root", "--output=json")));
  const { ELASTIC_PASSWORD, MINIO_ROOT_USER, MINIO_ROOT_PASSWORD } = { ...ofElasticsearch.data, ...ofMinio.data };
  const plain = (encoded = "") => Buffer.from(encoded, "base64").toString();
  const literals = {
    ELASTICSEARCH_USERNAME: "elastic",
    ELASTICSEARCH_PASSWORD: plain(ELASTIC_PASSWORD),
    MINIO_ACCESS_KEY: plain(MINIO_ROOT_USER),
    MINIO_SECRET_KEY: plain(MINIO_ROOT_PASSWORD),
  };
  const options = Object.entries(literals).map(([name, value]) => `--from-literal=${name}=${value}`);
  await kubectl("create", "secret", "generic", "lapse-administrator", ...options);
}

const rootSchema = z.object({
  data: z.object({
    ELASTIC_PASSWORD: z.string().optional(),
    MINIO_ROOT_USER: z.string().optional(),
    MINIO_ROOT_PASSWORD: z.string().optional(),
  }),
});
