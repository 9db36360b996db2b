import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { promote } from "#functions/desk/model/move-champion.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { SoundAliases } from "#stores/models/sound-aliases.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { describeHistory } from "./history.ts";

it("mends a damaged alias by promoting a version, also the one that stands in", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-mend-"));
  const inner = await DirectoryModelStore.open(folder, { now: () => 0 });
  const store = new SoundAliases(inner);
  await inner.publish({ ...exampleModel({ version: "v1" }), report: "" });
  await inner.publish({ ...exampleModel({ version: "v2" }), report: "" });
  const me = { by: "me", reason: "a try" };
  await promote("v1", me, store);
  await promote("v2", me, store);
  await writeFile(join(folder, "churn", "aliases", "champion", "00000002.json"), "{");
  expect((await store.alias("champion"))?.standsInFor).toBe("the alias champion, which cannot be read");
  await promote("v1", me, store);
  expect(await inner.alias("champion")).toMatchObject({ version: "v1", revision: "00000003" });
  const [mended, damaged] = describeHistory(await store.history())
    .split("\n")
    .slice(1);
  expect(mended).toMatch(/ v1 +me /);
  expect(damaged).toMatch(/^unknown +champion +- +unreadable /);
  await rm(folder, { recursive: true });
});
