import { basename } from "node:path";
import type { Command } from "commander";
import * as z from "zod";
import { contactLimits } from "#churn/intake/read-contact.ts";
import { oldestMilliseconds } from "#churn/intake/read-time.ts";
import { readText } from "#churn/intake/text.ts";
import { newOptOuts } from "#functions/desk/campaigns/contacts/take-contacts.ts";
import { formatCounted } from "#pages/format.ts";
import { parseConfig } from "#runtime/config.ts";
import { intakeSettings } from "#runtime/settings.ts";
import type { Call } from "../../call/call.ts";
import { parseOptions, WrongUse } from "../../terminal/options.ts";
import { addFileOptions, fileOptions } from "../file-options.ts";
import { requireCampaign, withStores } from "../open.ts";

export function contactsCommand(command: Command, call: Call): void {
  command
    .argument("[file]", "who was contacted: a column of users, and optionally time, campaign, channel, status")
    .description("takes in who was contacted, as a file; and who wants no contact")
    .option("--campaign <id>", "the campaign of all rows (default: the column campaign)")
    .option("--user <column>", "who was contacted")
    .option("--time <column>", "when (default: the column that says so, else --at)")
    .option("--at <day>", "when all of them were contacted, such as 2026-03-01 (default: today)")
    .option("--channel <column>", "such as mail or push")
    .option("--opt-out", "the file names users who want no contact")
    .option("--opt-out-user <id...>", "users who want no contact")
    .option("--opt-in-user <id...>", "users who may be contacted again")
    .action((file: string | undefined, options: object) => run(file, options, call));
  addFileOptions(command);
}

/** Held to what files and the API are held to. */
const userId = z.string().transform((given, context) => {
  const read = readText(given, contactLimits.user_id);
  if ("text" in read) return read.text;
  context.addIssue({ code: "custom", message: `${JSON.stringify(given)} ${read.fault}` });
  return z.NEVER;
});

const optionsSchema = z.object({
  campaign: z.string().min(1).optional(),
  user: z.string().min(1).optional(),
  time: z.string().min(1).optional(),
  channel: z.string().min(1).optional(),
  at: z.iso.date("takes a day such as 2026-03-01").transform(Date.parse).optional(),
  optOut: z.boolean().default(false),
  optOutUser: z.array(userId).default([]),
  optInUser: z.array(z.string().min(1)).default([]),
});

async function run(file: string | undefined, raw: object, call: Call): Promise<void> {
  const { optOutUser, optInUser, ...options } = parseOptions(optionsSchema, raw);
  if (file === undefined && optOutUser.length + optInUser.length === 0)
    throw new WrongUse("error: name a file, or users with --opt-out-user or --opt-in-user");
  const { OLDEST_ACTION: oldest } = parseConfig(z.object(intakeSettings), call.environment);
  await withStores(call, async (stores, record) => {
    const contacts = await stores.contactStore();
    const campaigns = await stores.campaignStore();
    if (options.campaign !== undefined) await requireCampaign(options.campaign, campaigns);
    if (optOutUser.length > 0) {
      const optOuts = optOutUser.map((userId) => ({ userId, time: Date.now() }));
      await record({ action: "contacts.opted-out", details: { users: optOuts.length } }, () =>
        contacts.optOut(optOuts),
      );
      call.print(newOptOuts(optOutUser.length));
    }
    if (optInUser.length > 0) {
      const optedIn = await record(
        { action: "contacts.opted-in", details: { asked: optInUser.length } },
        () => contacts.optIn(optInUser),
        (users) => ({ details: { users } }),
      );
      call.print(`${formatCounted(optedIn, "user")} may be contacted again.`);
    }
    if (file === undefined) return;
    const { importContacts } = await import("../contacts/import-contacts.ts");
    const path = await call.inputPath(file);
    const lines = await record(
      {
        action: options.optOut ? "contacts.opted-out" : "contacts.added",
        ...(options.campaign !== undefined && { target: options.campaign }),
        details: { file: basename(file) },
      },
      () => {
        const now = Date.now();
        return importContacts(
          path,
          { ...options, file: fileOptions(raw) },
          { contacts, campaigns },
          { now, oldest: oldest ?? now - oldestMilliseconds },
        );
      },
    );
    for (const line of lines) call.print(line);
  });
}
