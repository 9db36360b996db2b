import type { Command } from "commander";
import * as z from "zod";

/**
 * Ends a help page with the environment variables that the command reads, and their defaults, all taken from the schema
 * of its settings; `note` comes before them.
 */
export function addHelpNotes(command: Command, settings: z.ZodObject, note?: string): void {
  const names = Object.entries(settings.shape).map(([name, setting]) =>
    setting instanceof z.ZodDefault ? `${name} (${String(setting.def.defaultValue)})` : name,
  );
  command.addHelpText("after", () => {
    const help = command.createHelp();
    const width = process.stdout.columns ?? 80;
    const environment = [
      "Environment variables (docs/operate.md explains them):",
      ...help
        .boxWrap(names.join(", "), width - 2)
        .split("\n")
        .map((line) => `  ${line}`),
    ].join("\n");
    return `\n${note === undefined ? "" : `${help.boxWrap(note, width)}\n\n`}${environment}`;
  });
}
