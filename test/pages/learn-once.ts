import { existsSync } from "node:fs";
import { access, constants, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { chromiumPath } from "#test/support/browser.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { tellingFailure } from "#test/support/telling-failure.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A data folder as `lapse start` leaves it: a synthetic log, features, a model in service, and a list. */
    learnedFolder: string;
  }
}

/**
 * Fails the suites on pages before the first test if there is no browser. Learns from a synthetic log, once for all of
 * them: each starts a lapse on a copy. LEARNED=FOLDER keeps what is learned for the next run.
 */
export const setup = tellingFailure(async (project: TestProject) => {
  await access(chromiumPath(), constants.X_OK).catch((cause: Error) => {
    throw new Error(
      `The suites on pages need Chromium at ${chromiumPath()}, or where CHROMIUM says: nothing was tested.`,
      { cause },
    );
  });
  const kept = process.env.LEARNED;
  const folder = kept || (await mkdtemp(join(tmpdir(), "lapse-learned-")));
  if (!existsSync(join(folder, "learned"))) await learn(folder);
  project.provide("learnedFolder", folder);
  return async () => {
    if (!kept) await rm(folder, { recursive: true });
  };
});

async function learn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const run = (...args: string[]) => RunningProgram.ofLapse(args, { PORT: "0" });
  const log = join(folder, "log.csv");
  const generated = run("generate", "--users", "2500", "--out", log);
  if ((await generated.ended) !== 0) throw new Error(`No log was made: ${generated.messages.join("\n")}`);
  const started = run("start", "--log", log, "--data", folder);
  await started.says(/^(Ready) on/);
  await started.end();
  if (!started.lines.some((line) => line.includes("put into service")))
    throw new Error(`No model is in service: ${started.lines.join("\n")}`);
  await rm(log);
  await writeFile(join(folder, "learned"), "");
}
