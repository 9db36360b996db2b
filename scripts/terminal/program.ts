import { Command, CommanderError } from "commander";
import { Failure } from "#churn/failure.ts";
import { calledAs } from "#runtime/called-as.ts";
import { ConfigFault } from "#runtime/config.ts";
import packageJson from "../../package.json" with { type: "json" };
import type { Call } from "../call/call.ts";
import { WrongUse } from "./options.ts";

/** Gives a command its description, arguments and options, and what it does for a call. */
export type DefineCommand = (command: Command, call: Call, commands: Commands) => void;

/** How each command is loaded, by its name. */
export type Commands = Readonly<Record<string, () => Promise<DefineCommand>>>;

/**
 * Runs `lapse` with the arguments of a command line. Expected errors are printed without a stack. Returns the exit status: 0, or 1 after
 * such an error, or 2 if the command line is wrong. Throws whatever is a defect.
 */
export async function runCommand(args: readonly string[], call: Call, commands: Commands): Promise<number> {
  let program: Command | undefined;
  try {
    program = await createProgram(args, call, commands);
    await program.parseAsync(withDefaultSubcommand(program, args), { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (isWithoutDuckDb(error)) {
      const isEmbedded = (call.environment.ELASTICSEARCH_URL ?? "") === "";
      call.warn(
        `This needs DuckDB, which the image does not have. Run commands that read files from a clone (docs/deploy.md, Commands)${isEmbedded ? "; others need ELASTICSEARCH_URL" : ""}.`,
      );
      return 1;
    }
    if (!(error instanceof WrongUse || error instanceof Failure || error instanceof ConfigFault)) throw error;
    call.warn(error.message);
    if (error instanceof WrongUse)
      call.warn(`See ${calledAs(call.environment)} ${commandOf(args, program).join(" ")} --help.`);
    return error instanceof WrongUse ? 2 : 1;
  }
}

/** The names of the command that was called, such as `campaigns create`. */
function commandOf([name = "", second]: readonly string[], program: Command | undefined): string[] {
  const subcommands = program?.commands.find((command) => command.name() === name)?.commands ?? [];
  const called = subcommands.find((command) => command.name() === second || command.aliases().includes(second ?? ""));
  return called === undefined ? [name] : [name, called.name()];
}

/** Whether the package of DuckDB is not installed, as in the image; `import` and `require` say so by different codes. */
function isWithoutDuckDb(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ERR_MODULE_NOT_FOUND" || error.code === "MODULE_NOT_FOUND") &&
    error.message.includes("@duckdb/")
  );
}

/** The program with the command that `args` call, or with all of them for its own help and for a name it does not know. */
async function createProgram(args: readonly string[], call: Call, commands: Commands): Promise<Command> {
  const lapse = calledAs(call.environment);
  const program = new Command(lapse)
    .configureOutput({
      writeOut: (text) => void call.write(text),
      writeErr: (text) => call.warn(text.replace(/\n$/, "")),
      getOutHelpWidth: () => call.columns,
      getErrHelpWidth: () => call.columns,
    })
    .description(packageJson.description)
    .version(packageJson.version)
    .configureHelp({
      optionDescription: ({ description, defaultValue }) =>
        defaultValue === undefined || defaultValue === false
          ? description
          : `${description} (default: ${defaultValue})`,
    })
    .exitOverride();
  const [called = ""] = args;
  const names = Object.hasOwn(commands, called) ? [called] : Object.keys(commands);
  for (const name of names) {
    const define = await commands[name]?.();
    const command = program.command(name).showHelpAfterError(`See ${lapse} ${name} --help.`);
    define?.(command, call, commands);
    // Each names its own page, not that of the command that it belongs to.
    for (const sub of command.commands) sub.showHelpAfterError(`See ${lapse} ${name} ${sub.name()} --help.`);
  }
  return program.showHelpAfterError(`See ${lapse} --help.`);
}

/**
 * `lapse models` is `lapse models list`. Commander's own default would also take a misspelt subcommand for an argument of
 * `list`, and suggest nothing.
 */
function withDefaultSubcommand({ commands }: Command, args: readonly string[]): readonly string[] {
  const subcommands = commands.find((command) => command.name() === args[0])?.commands ?? [];
  const isAlone = args.length === 1 && subcommands.some((command) => command.name() === "list");
  return isAlone ? [...args, "list"] : args;
}
