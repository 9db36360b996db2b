import { randomUUID } from "node:crypto";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { loadConfig } from "#runtime/config.ts";
import { toBinary } from "#runtime/events.ts";
import { runCommand } from "./terminal/command.ts";

const help = `npm run job -- features | train

Has a nightly job done now: sends the Broker what its PingSource sends. What comes of it is in the log of the function; an
event that it does not take goes to the dead letters.

Settings: BROKER_URL, by default that of npm start (http://localhost:8080/broker).`;

const configSchema = z.object({
  BROKER_URL: z.url({ error: "must be the URL of the Broker." }).default("http://localhost:8080/broker"),
});
const jobSchema = z.enum(["features", "train"]);

await runCommand(help, async () => {
  const job = jobSchema.safeParse(process.argv[2]);
  if (!job.success) throw new InvalidInput("Say which job: features or train. See --help.");
  const { BROKER_URL: broker } = loadConfig(configSchema);
  const { headers, body } = toBinary({
    id: randomUUID(),
    source: "/lapse/commands/job",
    type: "dev.knative.sources.ping",
    time: new Date().toISOString(),
    data: {},
    extensions: { lapsejob: job.data },
  });
  const answer = await fetch(broker, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) }).catch(
    (cause: unknown) => {
      throw new InvalidInput(`No Broker answers at ${broker} (BROKER_URL).`, { cause });
    },
  );
  if (!answer.ok) throw new InvalidInput(`The Broker at ${broker} answered ${answer.status}: ${await answer.text()}`);
  console.log(`The Broker at ${broker} took the event: ${job.data} is on its way.`);
});
