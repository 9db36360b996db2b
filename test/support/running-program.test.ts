import { expect, it } from "vitest";
import { RunningProgram } from "./running-program.ts";

function node(script: string, environment: Record<string, string> = {}): RunningProgram {
  return new RunningProgram(process.execPath, ["--eval", script], environment);
}

it("returns what a program writes to either stream, and its status", async () => {
  const program = node("console.log('a 1'); console.error('b 2'); setTimeout(() => process.exit(3), 50)");
  expect(await program.says(/a (\d)/)).toBe("1");
  expect(await program.says(/b (\d)/)).toBe("2");
  expect(await program.ended).toBe(3);
  expect(await program.says(/b (\d)/)).toBe("2");
});

it("stops waiting when the program ends, and shows what it wrote last", async () => {
  await expect(node("console.error('no port is free')").says(/(ready)/)).rejects.toThrow("no port is free");
  await expect(node("").answers("http://127.0.0.1:9/")).rejects.toThrow("ended before it answers at");
  await expect(new RunningProgram("/nowhere/program", []).says(/(ready)/)).rejects.toThrow("ENOENT");
});

it("waits until a program responds, and ends it", async () => {
  const program = node(`
    const { createServer } = require("node:http");
    const server = createServer((_request, response) => response.end("yes"));
    server.listen(0, "127.0.0.1", () => console.log("port", server.address().port));
  `);
  await program.answers(`http://127.0.0.1:${await program.says(/port (\d+)/)}/`);
  expect(await program.end("SIGKILL")).toBeNull();
});

it("lets a program see only PATH and HOME of this process's environment", async () => {
  process.env.LAPSE_RUNNING_PROGRAM_TEST = "seen";
  const program = node("console.log('env', Object.keys(process.env).sort().join())", { PORT: "0" });
  expect(await program.says(/env (.*)/)).toBe("HOME,PATH,PORT");
  delete process.env.LAPSE_RUNNING_PROGRAM_TEST;
});
