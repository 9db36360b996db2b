import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { RunningProgram } from "./running-program.ts";

/** How a server held out while it was sent something. */
export interface Bearing {
  /** The longest that /healthz took, in milliseconds. */
  readonly slowestHealth: number;
  /** The most memory that its process ever had, in MB; 0 where the system does not tell. */
  readonly mostMemory: number;
}

/** Has another process ask for /healthz every 50 ms while `attack` runs. */
export async function bearingOf(url: string, server: RunningProgram, attack: () => Promise<unknown>): Promise<Bearing> {
  const watch = new RunningProgram(process.execPath, [watchHealth, url]);
  await watch.says(/slowest (.*)/);
  // The first time includes that of making the connection.
  const before = watch.lines.length;
  await attack();
  expect(watch.process.exitCode).toBeNull();
  await watch.end();
  const slowest = watch.lines.slice(before).map((line) => Number(line.replace("slowest ", "")));
  return { slowestHealth: Math.max(0, ...slowest), mostMemory: await mostMemoryOf(server) };
}

const watchHealth = fileURLToPath(new URL("programs/watch-health.mjs", import.meta.url));

/** Sends the head of a request and the beginning of its body, and then nothing more. */
export function hold(url: string, path: string, sent: string, promised: number): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${promised}\r\n\r\n${sent}`,
      );
      resolve(socket);
    });
    socket.on("error", reject);
  });
}

async function mostMemoryOf({ process }: RunningProgram): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1000;
}
