import { Command, CommanderError } from "commander";
import { Failure } from "#churn/failure.ts";
import packageJson from "../../package.json" with { type: "json" };
import { WrongUse } from "./options.ts";

/** Gives a command its description, arguments and options, and what it does. */
export type DefineCommand = (command: Command) => void;

/** How each command is loaded, by its name. */
export type Commands = Readonly<Record<string, () => Promise<DefineCommand>>>;

/**
 * Runs `lapse` with the arguments of its command line. Expected errors are printed without a stack. The process ends
 * with status 1 after such an error, and with 2 if the command line is wrong.
 */
export async function runProgram(args: readonly string[], commands: Commands): Promise<void> {
  // A reader of the output, such as `head`, may have had enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  try {
    const program = await createProgram(args, commands);
    await program.parseAsync(withDefaultSubcommand(program, args), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    if (isMissingPackage(error)) {
      console.error(`${error.message.split("\n", 1)[0]}. The image has no DuckDB: set ELASTICSEARCH_URL there.`);
      process.exit(1);
    }
    if (!(error instanceof WrongUse || error instanceof Failure)) throw error;
    console.error(error.message);
    if (error instanceof WrongUse) console.error(`See lapse ${args[0]} --help.`);
    // Not by exitCode: an open timer or connection would keep the process alive.
    process.exit(error instanceof WrongUse ? 2 : 1);
  }
}

function isMissingPackage(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}

/** The program with the command that `args` call, or with all of them for its own help and for a name it does not know. */
export async function createProgram(args: readonly string[], commands: Commands): Promise<Command> {
  const program = new Command("lapse")
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
    define?.(program.command(name).showHelpAfterError(`See lapse ${name} --help.`));
  }
  return program.showHelpAfterError("See lapse --help.");
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
