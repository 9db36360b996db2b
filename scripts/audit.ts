import type { Command } from "commander";
import * as z from "zod";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { actsOfPeople, withoutEnded } from "#stores/audit/recorder.ts";
import { unreadableEntries } from "#stores/audit/unreadable-entries.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import type { UnreadableDocuments } from "#stores/unreadable-documents.ts";
import { describeEntries } from "./audit/describe.ts";
import type { Call } from "./call/call.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions } from "./terminal/options.ts";

const settings = withStoreRules(z.object(storeSettings));

export function audit(command: Command, call: Pick<Call, "warn">): void {
  command
    .summary("shows who did what: versions moved, campaigns, erasures, keys, refused access")
    .description(
      "Shows who did what, newest first: versions put into service, campaigns made and removed, contacts and opt-outs taken in, users and old months erased, keys made and revoked, requests refused. What functions record of themselves, their runs, drift and refused actions, is shown by --action run, drift or actions, and by --json. Entries are only ever added.",
    )
    .option("--since <date>", "from this day or moment on, such as 2026-01-31")
    .option("--until <date>", "up to this day or moment, without it")
    .option(
      "--action <name>",
      "only this action, or all that begin so: model, campaign, contacts, users, key, access.refused, run, drift, actions",
    )
    .option("--limit <n>", "how many at most", "50")
    .option("--json", "one JSON object on each line, with everything that is known", false)
    .action((options: unknown) => run(options, call));
  addHelpNotes(command, settings);
}

const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: "takes a date, or a time with its zone" })
  .transform((text) => Date.parse(text));

const optionsSchema = z.object({
  since: moment.optional(),
  until: moment.optional(),
  action: z.string().optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "takes a whole number from 1 on")
    .transform(Number),
  json: z.boolean(),
});

async function run(options: unknown, { warn }: Pick<Call, "warn">): Promise<void> {
  const { since: from, until: to, action, limit, json } = parseOptions(optionsSchema, options);
  const stores = new StoreConnections(storeOptionsOf(loadConfig(settings)), Date.now);
  try {
    const shown: AuditEntry[] = [];
    const onUnreadable = (left: UnreadableDocuments) => warn(unreadableEntries(left));
    const entries = (await stores.audit()).entries({ from, to, action, onUnreadable });
    for await (const entry of json ? entries : action === undefined ? actsOfPeople(entries) : withoutEnded(entries)) {
      shown.push(entry);
      if (shown.length === limit) break;
    }
    console.log(json ? shown.map(jsonLine).join("\n") : describeEntries(shown));
  } finally {
    await stores.close();
  }
}

function jsonLine({ at, ...entry }: AuditEntry): string {
  return JSON.stringify({ time: new Date(at).toISOString(), ...entry });
}
