import type { Command } from "commander";
import * as z from "zod";
import { describeLetter, summarizeLetter } from "#functions/desk/operations/letter-words.ts";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import type { Act, Recorder } from "#stores/audit/recorder.ts";
import type { DeadLetters, KeptDeadLetter } from "#stores/dead-letters/dead-letters.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { actorSetting, commandRecorder } from "./audit/record-act.ts";
import { systemUser } from "./call/own-call.ts";
import { replay } from "./dead-letters/replay.ts";
import { selectLetters } from "./dead-letters/select.ts";
import { actorOf } from "./terminal/actor.ts";
import { brokerKey, brokerKeySettings } from "./terminal/api-key.ts";
import { brokerUrl, brokerUrlSettings } from "./terminal/broker-url.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";

const settings = withStoreRules(
  z.object({
    ...brokerUrlSettings,
    ...brokerKeySettings,
    ...actorSetting,
    ...storeSettings,
  }),
);

export function deadLetters(command: Command): void {
  command
    .summary("lists, replays and forgets events that no function took")
    .description("Events that no function took, and that wait for your decision.");
  addHelpNotes(
    command,
    settings,
    "An id may be shortened as long as it is clear. Events are sent again to BROKER_URL (default: http://localhost:PORT/broker).",
  );
  command.command("list").description("all of them, newest first (default)").action(list);
  command.command("show").argument("<id...>").description("everything that is known of them, as JSON").action(show);
  command
    .command("replay")
    .argument("[id...]")
    .option("--all", "every dead letter", false)
    .description("sends them to the broker again, oldest first, and forgets them")
    .action(replayLetters);
  command
    .command("forget")
    .argument("[id...]")
    .option("--all", "every dead letter", false)
    .description("forgets them")
    .action(forget);
}

const optionsSchema = z.object({ all: z.boolean() });

async function list(): Promise<void> {
  const { kept } = await open();
  console.log(kept.length === 0 ? "There are no dead letters." : kept.map(summarizeLetter).join("\n"));
}

async function show(ids: readonly string[]): Promise<void> {
  const { kept } = await open();
  console.log(selectLetters(kept, ids).map(describeLetter).join("\n"));
}

async function replayLetters(ids: readonly string[], options: unknown): Promise<void> {
  const { kept, letters, broker, key, record } = await open();
  const report = (letter: KeptDeadLetter) => console.log(`Sent again: ${summarizeLetter(letter)}`);
  const recorded = (letter: KeptDeadLetter, act: () => Promise<void>) =>
    record(actOn("dead-letter.replayed", letter), act);
  await replay(select(kept, ids, options), letters, { broker, key, record: recorded }, report);
}

async function forget(ids: readonly string[], options: unknown): Promise<void> {
  const { kept, letters, record } = await open();
  for (const letter of select(kept, ids, options)) {
    await record(actOn("dead-letter.dropped", letter), () => letters.remove(letter));
    console.log(`Forgot: ${summarizeLetter(letter)}`);
  }
}

/** Neither subject nor data: the audit holds no user. */
function actOn(action: string, { id, event }: KeptDeadLetter): Act {
  return { action, target: id, details: { type: event.type.slice(0, 1_000) } };
}

interface Open {
  readonly record: Recorder;
  readonly letters: DeadLetters;
  readonly kept: readonly KeptDeadLetter[];
  readonly broker: string;
  readonly key: string | undefined;
}

async function open(): Promise<Open> {
  const config = loadConfig(settings);
  const connections = new StoreConnections(storeOptionsOf(config), Date.now);
  const letters = await connections.deadLetters();
  const record = commandRecorder(await connections.audit(), actorOf(config, systemUser(process)));
  const broker = brokerUrl(config);
  return { record, letters, kept: await letters.list(), broker, key: await brokerKey(config) };
}

function select(kept: readonly KeptDeadLetter[], ids: readonly string[], options: unknown): readonly KeptDeadLetter[] {
  return optionsSchema.parse(options).all ? kept : selectLetters(kept, ids);
}
