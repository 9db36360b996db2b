import * as z from "zod";
import { Failure } from "../../churn/failure.ts";

/**
 * Runs a command: prints its help for --help, and its expected errors in one line each, without a stack. The process
 * ends with status 1 after an error, and 2 where the command line was wrong.
 */
export async function runCommand(help: string, run: () => Promise<void>): Promise<void> {
  if (process.argv.includes("--help") || process.argv.includes("-h")) {
    console.log(help);
    return;
  }
  try {
    await run();
  } catch (error) {
    const wrongUse = describeWrongUse(error);
    if (wrongUse !== undefined) {
      console.error(`${wrongUse}\nSee --help.`);
      process.exitCode = 2;
    } else if (error instanceof Failure) {
      console.error(error.message);
      process.exitCode = 1;
    } else throw error;
  }
}

/** Undefined unless the command line itself is at fault. */
function describeWrongUse(error: unknown): string | undefined {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `--${path.join(".")} ${message}`).join("\n");
  if (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))
    return error.message;
  return undefined;
}
