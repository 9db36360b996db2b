import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
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

/** A server, and another process that asks it for /healthz every 50 ms until it is ended. */
export class WatchedServer {
  readonly #server: RunningProgram;
  readonly #watch: RunningProgram;

  private constructor(server: RunningProgram, watch: RunningProgram) {
    this.#server = server;
    this.#watch = watch;
  }

  static async begin(url: string, server: RunningProgram): Promise<WatchedServer> {
    const watch = new RunningProgram(process.execPath, [watchHealth, url]);
    // The first time includes that of making the connection.
    await watch.says(/^(\d)/);
    return new WatchedServer(server, watch);
  }

  async bearing(attack: () => Promise<unknown>): Promise<Bearing> {
    const { lines, process } = this.#watch;
    // What it asked before may still wait for what was sent before.
    const asked = lines.length;
    await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThan(asked);
    const before = lines.length;
    await attack();
    // It ends where it gets no answer.
    expect(process.exitCode).toBeNull();
    return {
      slowestHealth: Math.max(0, ...lines.slice(before).map(Number)),
      mostMemory: await mostMemoryOf(this.#server),
    };
  }

  /** Ends the process that asks. */
  async end(): Promise<void> {
    await this.#watch.end();
  }
}

const watchHealth = fileURLToPath(new URL("programs/watch-health.mjs", import.meta.url));

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Has a number of callers post the same body at once. With Node's own client: fetch makes several copies of a body for each of them,
 * and one of 16 MB is to keep the server busy rather than the test.
 */
export async function postAtOnce(
  callers: number,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): Promise<readonly Answer[]> {
  const bytes = Buffer.from(body);
  const agent = new Agent({ keepAlive: true });
  const post = async (): Promise<Answer> => {
    const call = request(url, { method: "POST", agent, headers: { ...headers, "content-length": bytes.length } });
    const response = once(call, "response");
    call.end(bytes);
    const [message] = await response;
    // What breaks from now on, also rejects the reading of the body; a body that is refused need not be sent to its end.
    call.on("error", () => undefined);
    return { status: message.statusCode, body: await text(message) };
  };
  try {
    return await Promise.all(Array.from({ length: callers }, post));
  } finally {
    agent.destroy();
  }
}

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
