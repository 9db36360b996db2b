import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { Scratch } from "./scratch.ts";

it.each(["SIGINT", "SIGTERM"] as const)("leaves nothing behind when %s ends the process", async (signal) => {
  const url = JSON.stringify(new URL("scratch.ts", import.meta.url).href);
  const code = `const { Scratch } = await import(${url});
      const scratch = await Scratch.open();
      console.log(scratch.folder);
      await scratch.run("SELECT count(*) FROM range(100000000000) a(i) WHERE hash(i) = 0");`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", code]);
  const [line] = await once(child.stdout, "data");
  const folder = String(line).trim();
  expect(existsSync(folder)).toBe(true);
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([null, signal]);
  expect(existsSync(folder)).toBe(false);
});

it("no longer listens for signals once it is closed", async () => {
  const before = process.listenerCount("SIGINT");
  const scratch = await Scratch.open();
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  await scratch.dispose();
  expect(process.listenerCount("SIGINT")).toBe(before);
  expect(existsSync(scratch.folder)).toBe(false);
});

it("tells how much of long work is done", async () => {
  const shares: number[] = [];
  const scratch = await Scratch.open((share) => shares.push(share));
  await scratch.run("CREATE TABLE numbers AS SELECT i FROM range(4000000) a(i)");
  await scratch.runLong("CREATE TABLE hashes AS SELECT md5(md5(i::VARCHAR)) AS hash FROM numbers", 0.5, 1);
  await scratch.dispose();
  expect(shares.length).toBeGreaterThan(0);
  expect(shares.every((share) => share > 0.5 && share <= 1)).toBe(true);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
});
