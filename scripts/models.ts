import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import * as z from "zod";
import { type Mover, promote, reasonSchema, rollBack } from "#functions/desk/model/move-champion.ts";
import { loadConfig, parseConfig } from "#runtime/config.ts";
import { costSettings, costsOf } from "#runtime/cost-settings.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import { lostChampion } from "#stores/models/former.ts";
import type { Alias, ModelStore } from "#stores/models/model-store.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { actorSetting, commandRecorder } from "./audit/record-act.ts";
import type { Call } from "./call/call.ts";
import { systemUser } from "./call/own-call.ts";
import { announce } from "./models/announce.ts";
import { compare } from "./models/compare.ts";
import { describeHistory } from "./models/history.ts";
import { describeVersions } from "./models/list.ts";
import { actorOf } from "./terminal/actor.ts";
import { brokerKey, brokerKeySettings } from "./terminal/api-key.ts";
import { brokerUrl, brokerUrlSettings } from "./terminal/broker-url.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions } from "./terminal/options.ts";

const settings = withStoreRules(
  z.object({
    ...brokerUrlSettings,
    ...brokerKeySettings,
    ...actorSetting,
    ...storeSettings,
  }),
);

export function models(command: Command, call: Call): void {
  command
    .summary("lists model versions, compares two, promotes one, rolls back, tells the history")
    .description(
      "Model versions, and which of them is in service. The predictor follows a change within seconds, without a restart.",
    );
  addHelpNotes(
    command,
    settings,
    "The report of a version is at http://localhost:PORT/models/VERSION while lapse runs, and in the version's folder. After a change, users are scored again by way of BROKER_URL (default: http://localhost:PORT/broker).",
  );
  command.command("list").description("every version, newest first (default)").action(list);
  command.command("show").argument("<version>").description("its description, model.json").action(show);
  addMoverOptions(
    command
      .command("promote")
      .argument("<version>")
      .description("puts it into service, even if training decided against it, which takes a reason"),
  ).action((version: string, options: unknown) =>
    move("model.promoted", version, (mover, store) => promote(version, mover, store), options),
  );
  addMoverOptions(
    command
      .command("rollback")
      .description("puts the version that served before back into service; a second rollback undoes the first"),
  ).action((options: unknown) => move("model.rolled-back", undefined, rollBack, options));
  command
    .command("compare")
    .argument("<a>")
    .argument("<b>")
    .description(
      "two versions: who is in another class of risk, where they disagree, and which is better where, by the log",
    )
    .action((a: string, b: string) => compareVersions(a, b, call));
  command
    .command("history")
    .description("every move of an alias, newest first: when, from, to, by whom, on what evidence, why")
    .option("--json", "as JSON instead of a table", false)
    .action(history);
}

const moverOptions = z.object({
  reason: reasonSchema.optional(),
  by: z.string().trim().min(1, "must be a name").max(200, "must be a name").optional(),
});

function addMoverOptions(command: Command): Command {
  return command
    .option(
      "--reason <text>",
      "why, in three letters at least; recorded with the move (default: only that it was done by hand)",
    )
    .option("--by <name>", "who moves it; recorded with the move (default: LAPSE_USER, or the user of the system)");
}

async function history(options: unknown): Promise<void> {
  const { json } = parseOptions(z.object({ json: z.boolean() }), options);
  const { store } = await open();
  const moves = await store.history();
  console.log(json ? JSON.stringify(moves, null, 2) : describeHistory(moves));
}

async function compareVersions(a: string, b: string, call: Call): Promise<void> {
  const stores = call.stores(parseConfig(settings, call.environment));
  try {
    const [actions, ledger, campaigns] = [
      await stores.actionStore(),
      await stores.ledger(),
      await stores.campaignStore(),
    ];
    const costs = costsOf(parseConfig(z.object(costSettings), call.environment));
    call.print(await compare(a, b, { actions, ledger, campaigns, costs, models: await stores.modelStore() }));
  } finally {
    await stores.close();
  }
}

async function list(): Promise<void> {
  const { store } = await open();
  const read = await Promise.all((await store.versions()).map((name) => store.manifest(name).catch(damageOf)));
  const manifests = read.flatMap((one) => (one instanceof CorruptModel ? [] : [one]));
  const champion = await store.alias("champion");
  console.log(describeVersions(manifests, champion, await store.alias("challenger")));
  if (champion?.standsInFor !== undefined) console.log(`\n${champion.version} stands in for ${champion.standsInFor}.`);
  const lost = champion === undefined ? lostChampion(await store.history()) : undefined;
  if (lost !== undefined) console.log(`\n${lost}.`);
  for (const damage of read) if (damage instanceof CorruptModel) console.log(`${damage.message}.`);
}

function damageOf(error: unknown): CorruptModel {
  if (error instanceof CorruptModel) return error;
  throw error;
}

async function show(version: string): Promise<void> {
  const { store } = await open();
  console.log(JSON.stringify(await store.manifest(version), null, 2));
}

async function move(
  action: string,
  asked: string | undefined,
  moveChampion: (mover: Mover, store: ModelStore) => Promise<Alias>,
  options: unknown,
): Promise<void> {
  const { reason, by } = parseOptions(moverOptions, options);
  const { store, broker, config, connections } = await open();
  const actor = actorOf({ LAPSE_USER: by ?? config.LAPSE_USER }, systemUser(process));
  const record = commandRecorder(await connections.audit(), actor);
  const { version, previous } = await record(
    { action, ...(asked !== undefined && { target: asked }), reason },
    () => moveChampion({ reason, by: actor.who }, store),
    (moved) => ({
      target: moved.version,
      ...(moved.previous !== undefined && { details: { previous: moved.previous } }),
    }),
  );
  console.log(`${version} is in service now${previous === undefined ? "" : `, in place of ${previous}`}.`);
  const key = await brokerKey(config);
  console.log(await announce(version, broker, { id: randomUUID(), now: Date.now(), key }));
}

async function open() {
  const config = loadConfig(settings);
  const connections = new StoreConnections(storeOptionsOf(config), Date.now);
  const store = await connections.modelStore();
  return { store, config, connections, broker: brokerUrl(config) };
}
