import { randomUUID } from "node:crypto";
import { Argument, type Command } from "commander";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { loadConfig } from "#runtime/config.ts";
import { pings } from "#runtime/event-kinds.ts";
import { toBinary } from "#runtime/events.ts";
import { postEvent } from "#runtime/post-event.ts";
import { brokerKey, brokerKeySettings } from "./terminal/api-key.ts";
import { brokerUrl, brokerUrlSettings } from "./terminal/broker-url.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";

const settings = z.object({
  ...brokerUrlSettings,
  ...brokerKeySettings,
});

export function job(command: Command): void {
  command
    .summary("runs a nightly job now")
    .description(
      "Runs a nightly job now, by sending the broker the event that its PingSource sends. The function's log tells what comes of it; an event that the function does not take becomes a dead letter.",
    )
    .addArgument(new Argument("<name>", "which job").choices(Object.keys(pings)))
    .action(run);
  addHelpNotes(command, settings, "The event is sent to BROKER_URL (default: http://localhost:PORT/broker).");
}

async function run(name: keyof typeof pings): Promise<void> {
  const config = loadConfig(settings);
  const broker = brokerUrl(config);
  const ping = pings[name].make({
    id: randomUUID(),
    source: "/lapse/commands/job",
    time: new Date().toISOString(),
    data: { through: "yesterday" },
  });
  const key = await brokerKey(config);
  const answer = await postEvent(toBinary(ping), { broker, key }).catch((cause: unknown) => {
    throw new InvalidInput(`Nothing answers at ${broker}: is lapse running? PORT or BROKER_URL says where.`, { cause });
  });
  if (!answer.ok) throw new InvalidInput(`The broker at ${broker} answered ${answer.status}: ${answer.text}`);
  console.log(`The broker at ${broker} took the event: ${name} runs now.`);
}
