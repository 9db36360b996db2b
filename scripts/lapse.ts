#!/usr/bin/env node
import { Failure } from "#churn/failure.ts";
import packageJson from "../package.json" with { type: "json" };
import { handOver } from "./call/hand-over.ts";
import { Inputs } from "./call/inputs.ts";
import { ownCall } from "./call/own-call.ts";
import { runningDataDir } from "./call/within-lapse.ts";
import { commands } from "./commands.ts";
import { runCommand } from "./terminal/program.ts";
import { untilItEnds } from "./until-it-ends.ts";

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const inputs = new Inputs(process.stdin);
  const call = ownCall(process, inputs, Date.now);
  // A reader of the output, such as `head`, may have had enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });

  const dataDir = runningDataDir(args, process.env);
  let status: number | undefined;
  try {
    if (dataDir !== undefined) status = await handOver(args, call, { dataDir, version: packageJson.version });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    call.warn(error.message);
    status = 1;
  }
  status ??= await runCommand(args, call, commands);
  await inputs.dispose();
  // Not by exitCode: an open timer or connection would keep the process alive.
  if (status !== 0) process.exit(status);
}

void untilItEnds(main(), process);
