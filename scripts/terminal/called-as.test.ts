import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { calledAs } from "#runtime/called-as.ts";
import { RunningProgram } from "#test/support/running-program.ts";

it("is lapse where it is installed", () => {
  expect(calledAs({})).toBe("lapse");
  expect(calledAs({ LAPSE_CALLED_AS: "" })).toBe("lapse");
});

it("has a clone tell lines that can be pasted there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-called-"));
  try {
    const told = RunningProgram.ofLapse(["keys"], { DATA_DIR: folder });
    expect(await told.ended).toBe(0);
    expect(told.lines).toEqual([expect.stringContaining("Make one: npx lapse keys create")]);
    const wrong = RunningProgram.ofLapse(["start", "--chrun-days", "3"], { DATA_DIR: folder });
    expect(await wrong.ended).toBe(2);
    expect(wrong.messages).toContain("See npx lapse start --help.");
    const open = RunningProgram.ofLapse(["start", "--host", "0.0.0.0", "--data", folder], { PORT: "0" });
    expect(await open.ended).toBe(1);
    expect(open.messages.join()).toContain(`Make a key first: DATA_DIR=${folder} npx lapse keys create`);
    const help = RunningProgram.ofLapse(["audit", "--help"], { DATA_DIR: folder });
    expect(await help.ended).toBe(0);
    expect(help.lines).toContain("Usage: npx lapse audit [options]");
  } finally {
    await rm(folder, { recursive: true });
  }
});
