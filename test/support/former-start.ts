import { writeSettings } from "#scripts/start/settings.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { exampleModel } from "./example-model.ts";
import { exampleNote } from "./example-note.ts";

/** Leaves a data folder as an earlier `lapse start` on a log does, with these versions of the example model; the last is in service. */
export async function leaveDataFolder(dataDir: string, versions: readonly string[]): Promise<void> {
  const stores = await setUpStores({ dataDir }, () => Date.now());
  for (const version of versions) {
    await stores.models.publish({ ...exampleModel({ version }), report: "<html></html>" });
    const revision = (await stores.models.alias("champion"))?.revision;
    await stores.models.moveAlias("champion", version, revision, exampleNote);
  }
  await stores.close();
  await writeSettings(dataDir, { sources: ["log.csv"], churn: { churnDays: 14, leadDays: 0, observeDays: 28 } });
}
