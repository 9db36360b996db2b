import type { Command } from "commander";
import * as z from "zod";
import { intakeSettings } from "#runtime/settings.ts";
import type { Call } from "./call/call.ts";
import { contactsCommand } from "./campaigns/commands/contacts.ts";
import { createCommand } from "./campaigns/commands/create.ts";
import { exportCommand } from "./campaigns/commands/export.ts";
import { importCommand } from "./campaigns/commands/import.ts";
import { listCommand } from "./campaigns/commands/list.ts";
import { planCommand } from "./campaigns/commands/plan.ts";
import { removeCommand } from "./campaigns/commands/remove.ts";
import { showCommand } from "./campaigns/commands/show.ts";
import { settings } from "./campaigns/open.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";

export function campaigns(command: Command, call: Call): void {
  command
    .summary("contacts users against a control group, and tells whether it helped")
    .description(
      "Campaigns: a list of users frozen with their scores, some of whom are not contacted, so that it shows whether contacting the others helped (docs/campaigns.md).",
    );
  addHelpNotes(command, z.object({ ...settings.shape, ...intakeSettings }));
  listCommand(command.command("list"), call);
  planCommand(command.command("plan"), call);
  createCommand(command.command("create"), call);
  exportCommand(command.command("export"), call);
  contactsCommand(command.command("contacts"), call);
  showCommand(command.command("show").alias("result"), call);
  importCommand(command.command("import"), call);
  removeCommand(command.command("remove"), call);
}
