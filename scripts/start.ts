import { randomBytes, randomUUID } from "node:crypto";
import { channel } from "node:diagnostics_channel";
import type { Command } from "commander";
import { createLapse } from "#local/lapse.ts";
import { checkSettings } from "#local/make-functions.ts";
import { calledAs } from "#runtime/called-as.ts";
import { loadConfig, orExit } from "#runtime/config.ts";
import { createLogger } from "#runtime/logging.ts";
import { processRegistry } from "#runtime/metrics/process.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { stopOnSignals } from "#runtime/shutdown.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { openTracer } from "#runtime/tracing/trace-settings.ts";
import { watchUnreadable } from "#runtime/unreadable-log.ts";
import { importEntry } from "#stores/audit/import-entry.ts";
import type { TornLog } from "#stores/connections/duckdb/torn-log.ts";
import type { RunStore } from "#stores/runs/run-store.ts";
import type { Call } from "./call/call.ts";
import { systemUser } from "./call/own-call.ts";
import { changedByVariables } from "./start/changed-by-variables.ts";
import { startConfig } from "./start/config.ts";
import { describeLog } from "./start/describe-log.ts";
import { fillLog } from "./start/fill-log.ts";
import { addStartOptions, startFlags } from "./start/flags.ts";
import { CurrentStep, learnSteps } from "./start/learn-steps.ts";
import { withOldestAction } from "./start/oldest-action.ts";
import { openLogHome } from "./start/open-log-home.ts";
import { isReachable, listen, requireFreePort, thisMachine } from "./start/port.ts";
import { requireKey } from "./start/require-key.ts";
import { roomOf } from "./start/room-of.ts";
import { commandMilliseconds, serveStarted } from "./start/serve-started.ts";
import { stopWithParent } from "./start/stop-with-parent.ts";
import { summary } from "./start/summary.ts";
import { unfinishedActs } from "./start/unfinished-acts.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { inShell } from "./terminal/in-shell.ts";
import type { Commands } from "./terminal/program.ts";
import { tornLogText } from "./terminal/torn-log-text.ts";

export function start(command: Command, call: Call, commands: Commands): void {
  command
    .summary("runs all of lapse in this process")
    .description(
      "Runs all of lapse in this process: collects actions, learns, and predicts, on one port. Without a log of your own it makes a synthetic one. What is stored already is kept, and used at the next start.",
    )
    .action((options: unknown) => run(options, call, commands));
  addStartOptions(command);
  addHelpNotes(command, startConfig);
}

async function run(options: unknown, { environment }: Pick<Call, "environment">, commands: Commands): Promise<void> {
  const config = loadConfig(startConfig);
  const asked = startFlags(options, environment);
  const flags = { ...asked, options: { ...asked.options, oldest: config.OLDEST_ACTION } };
  orExit(() => checkSettings(process.env));
  const now = () => Date.now();
  const dataDir = flags.data ?? config.DATA_DIR;
  // Before any long work, not after it.
  const host = flags.host ?? thisMachine;
  await requireFreePort(host, config.PORT);
  if (isReachable(host)) await requireKey(config, dataDir, now(), onData(flags.data, environment));

  const isAsked = flags.choice.files !== undefined || flags.choice.git !== undefined;
  const opened = isAsked
    ? await (await import("./log/tell-log.ts")).tellLog(flags.choice, flags.options, now())
    : undefined;

  const metrics = processRegistry();
  const logger = createLogger({ service: "lapse", level: config.LOG_LEVEL });
  const tracer = await openTracer(config, { service: "lapse", logger });
  const room = roomOf(config, dataDir, { metrics, logger, now });
  const watch = {
    onRetry: storeRetryMetrics(metrics).retried,
    onUnreadable: watchUnreadable(metrics, logger, now),
    onTornLog: (torn: TornLog) => logger.warn(tornLogText(torn)),
  };
  const storeOptions = { ...storeOptionsOf(config, watch, tracer), dataDir, room };
  const { stores, folder, saved } = await openLogHome(storeOptions, flags, opened, now).catch(
    async (error: unknown) => {
      await opened?.close();
      throw error;
    },
  );
  for (const text of await unfinishedActs(stores.audit, now())) logger.warn(text);
  for (const text of changedByVariables(options, environment, saved?.churn)) console.log(text);
  const { churn, because, isChanged } = await fillLog({
    ...{ flags, folder, saved, opened, actions: stores.actions, now },
    record: (log) =>
      stores.audit.append(
        importEntry(log, { id: randomUUID(), at: now(), actor: { who: systemUser(process), from: "npm start" } }),
      ),
  });
  if (!isChanged) console.log(await describeLog(stores.actions, saved));

  const current = new CurrentStep();
  const lapse = await createLapse({
    stores,
    churn,
    logger,
    now,
    newId: randomUUID,
    metrics,
    tracer,
    progress: (name, done, total) => current.update(name, done, total),
    environment: {
      ...withOldestAction(process.env, await stores.actions.extent(), now()),
      LAPSE_CALLED_AS: onData(flags.data, environment),
    },
    access: {
      settings: config,
      dataDir,
      hosts: config.HOSTS ?? [],
      isReachable: isReachable(host),
      secret: randomBytes(32),
    },
    drainMilliseconds: config.DRAIN_SECONDS * 1000,
  });
  const calls = await serveStarted({ config, storeOptions, stores, lapse, logger, commands });
  stopOnSignals({
    steps: [
      { name: "the terminal", stop: async () => current.stop() },
      { name: "commands", stop: async () => calls?.close() },
      { name: "lapse", stop: () => lapse.close() },
      { name: "the traces", stop: async () => tracer?.close() },
    ],
    limitMilliseconds: (config.DRAIN_SECONDS + 5) * 1000 + commandMilliseconds,
    logger,
    process,
  });
  stopWithParent(process);
  await lapse.refresh();
  // Before it has learned: actions are taken and stored from now on, and the desk tells what there is of users and models.
  const url = await listen(lapse.server, host, config.PORT);
  // A version that somebody promotes while it learns, because that in service is damaged, is not kept waiting.
  lapse.follow();
  if (isChanged || !lapse.ready() || (await isCutShort(stores))) {
    console.log(`Listening on ${url}, while it learns:\n`);
    await learnSteps(lapse, stores.features, current, now);
  }
  if (current.isStopped) return;

  console.log(
    await summary({
      ...{ url, stores, churn, because, now: now() },
      isLoaded: lapse.ready(),
      isKeyNeeded: (await lapse.access?.isOn()) === true,
    }),
  );
  // A clone then keeps what V8 has compiled, for the next start (scripts/build/run-script.mjs).
  channel("lapse.started").publish(undefined);
}

/** How a command is called that is to work on the data folder of this start. */
function onData(data: string | undefined, environment: Call["environment"]): string {
  return `${data === undefined ? "" : `DATA_DIR=${inShell(data)} `}${calledAs(environment)}`;
}

/** Whether the last run of features was ended by the end of its process: nobody is scored before another has ended. */
async function isCutShort({ runs }: { readonly runs: Pick<RunStore, "newest"> }): Promise<boolean> {
  const newest = await runs.newest("features");
  return newest !== undefined && newest.lastSlice === undefined;
}
