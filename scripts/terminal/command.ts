import * as z from "zod";
import { Failure } from "#churn/failure.ts";

/**
 * Runs a command: prints its help for --help, and its expected errors in one line each, without a stack. The process
 * ends with status 1 after an error, and 2 where the command line was wrong.
 */
export async function runCommand(help: string, run: () => Promise<void>): Promise<void> {
  // Whoever reads the output, such as `head`, may have had enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
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
      process.exit(2);
    }
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    // Not by exitCode: whatever is still open, such as a timer or a connection, would keep the process.
    process.exit(1);
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
