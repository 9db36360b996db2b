import { expect, it } from "vitest";
import { Inputs } from "../call/inputs.ts";
import { ownCall } from "../call/own-call.ts";
import { commands } from "../commands.ts";
import { runCommand } from "../terminal/program.ts";

it.each([["promote", "v2"], ["rollback"]])(
  "takes a reason for models %s only as the desk does, in three letters at least",
  async (...command) => {
    const warnings: string[] = [];
    const call = {
      ...ownCall(process, new Inputs(process.stdin), () => 0),
      warn: (line: string) => warnings.push(line),
    };
    expect(await runCommand(["models", ...command, "--reason", " ok "], call, commands)).toBe(2);
    expect(warnings[0]).toBe("error: --reason takes a reason, in three letters at least");
  },
);
