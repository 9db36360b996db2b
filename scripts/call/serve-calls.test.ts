import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { parseConfig } from "#runtime/config.ts";
import { storeSettings } from "#runtime/store-settings.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { commands } from "../commands.ts";
import { runCommand } from "../terminal/program.ts";
import type { Call } from "./call.ts";
import { handOver, LapseEnded } from "./hand-over.ts";
import { Inputs } from "./inputs.ts";
import { type CallServer, serveCalls } from "./serve-calls.ts";
import { socketPath } from "./socket-path.ts";
import { runningDataDir } from "./within-lapse.ts";

let folder: string;
let stores: Stores;
let server: CallServer | undefined;
let errors: unknown[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-calls-"));
  stores = await setUpStores({ dataDir: folder }, Date.now);
  server = undefined;
  errors = [];
});

afterEach(async () => {
  await server?.close();
  await stores.close();
  await rm(folder, { recursive: true });
});

type Run = (args: readonly string[], call: Call) => Promise<number>;

async function serve(run: Run, drainMilliseconds = 100): Promise<void> {
  server = await serveCalls({
    dataDir: folder,
    version: "1.0.0",
    stores,
    settings: { ...parseConfig(z.object(storeSettings), {}), DATA_DIR: folder },
    work: { settled: async () => undefined, forget: () => 0 },
    run,
    logger: {
      warn: (message: unknown) => void errors.push(message),
      error: (fields: unknown) => void errors.push(fields),
    },
    drainMilliseconds,
  });
}

/** The caller's side, which keeps what is written. */
function caller(stdin = ""): Call & { readonly out: string[]; readonly err: string[]; readonly inputs: Inputs } {
  const out: string[] = [];
  const err: string[] = [];
  const inputs = new Inputs(new PassThrough().end(stdin));
  return {
    ...{ out, err, inputs, environment: { DATA_DIR: folder, EMPTY: undefined }, user: "ann", columns: 80 },
    signal: new AbortController().signal,
    print: (line) => void out.push(`${line}\n`),
    warn: (line) => void err.push(line),
    write: async (text) => void out.push(text),
    pathOf: (path) => path,
    inputPath: (path) => inputs.pathOf(path),
    stores: () => {
      throw new Error("The caller opens no stores.");
    },
    running: undefined,
  };
}

const place = () => ({ dataDir: folder, version: "1.0.0" });

it("runs a command of another process on the stores that are open, and sends back what it writes", async () => {
  await serve((args, call) => runCommand(args, call, commands));
  const call = caller();
  expect(await handOver(["audience", "--top", "3"], call, place())).toBe(0);
  expect(call.out.join("")).toBe("No user has a score that fits.\n");
  const wrong = caller();
  expect(await handOver(["audience", "--top", "no"], wrong, place())).toBe(2);
  expect(wrong.err).toEqual(["error: --top takes a whole number", "See lapse audience --help."]);
  expect(await handOver(["campaigns", "show", "none"], caller(), place())).toBe(1);
});

it("reads what the caller names, its standard input and its pipes too, and knows who called from where", async () => {
  await serve(async (_args, call) => {
    for (const path of [join(folder, "users.txt"), "-"]) call.print(await readFile(await call.inputPath(path), "utf8"));
    call.print(`${call.user} ${call.environment.DATA_DIR} ${call.pathOf("x") === join(process.cwd(), "x")}`);
    await expect(call.inputPath(join(folder, "absent"))).rejects.toThrow(InvalidInput);
    return 0;
  });
  await writeFile(join(folder, "users.txt"), "ben");
  const call = caller("from a pipe");
  expect(await handOver(["any"], call, place())).toBe(0);
  expect(call.out).toEqual(["ben\n", "from a pipe\n", `ann ${folder} true\n`]);
  await call.inputs.dispose();
});

it("passes on a long output as fast as it is read", async () => {
  const line = `${"x".repeat(999)}\n`;
  await serve(async (_args, call) => {
    for (let i = 0; i < 20_000; i++) await call.write(line);
    return 0;
  });
  const call = caller();
  expect(await handOver(["any"], call, place())).toBe(0);
  expect(call.out.join("")).toHaveLength(20_000_000);
});

it("ends a command whose caller is killed, and goes on", async () => {
  let ended: unknown;
  await serve(async (args, call) => {
    if (args[0] === "short") return 0;
    try {
      for (;;) {
        await call.write("more\n");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } catch (error) {
      ended = error;
      throw error;
    }
  });
  const script = `require("node:net").connect(process.argv[1]).on("connect", function () {
    this.write(JSON.stringify({ call: { version: "1.0.0", args: ["long"], environment: {}, user: "u", folder: "/", columns: 80 } }) + "\\n");
  }).on("data", () => console.log("reads"));`;
  const killed = spawn(process.execPath, ["-e", script, socketPath(folder, process.platform) ?? ""]);
  await once(killed.stdout, "data");
  killed.kill("SIGKILL");
  await expect.poll(() => ended).toMatchObject({ name: "CallerGone" });
  expect(await handOver(["short"], caller(), place())).toBe(0);
});

it("survives a command that fails by a defect, which is logged", async () => {
  await serve(async () => {
    throw new TypeError("defect");
  });
  const call = caller();
  expect(await handOver(["any"], call, place())).toBe(1);
  expect(call.err).toEqual(["The command failed: defect"]);
  expect(errors).toEqual([{ error: new TypeError("defect") }]);
});

it("tells the caller when lapse ends before its command", async () => {
  let begun = false;
  await serve(() => {
    begun = true;
    return new Promise(() => undefined);
  }, 10);
  const waiting = handOver(["any"], caller(), place());
  await expect.poll(() => begun).toBe(true);
  await Promise.all([expect(waiting).rejects.toThrow(LapseEnded), server?.close()]);
});

it("takes the place of what a killed lapse has left, which no command takes for a running one", async () => {
  const path = socketPath(folder, process.platform) ?? "";
  await mkdir(join(folder, "running"));
  const script = `require("node:net").createServer().listen(process.argv[1], () => console.log("listens"))`;
  const killed = spawn(process.execPath, ["-e", script, path]);
  await once(killed.stdout, "data");
  killed.kill("SIGKILL");
  await once(killed, "close");
  expect((await stat(path)).isSocket()).toBe(true);
  expect(await handOver(["any"], caller(), place())).toBeUndefined();
  await serve(async () => 0);
  expect(await handOver(["any"], caller(), place())).toBe(0);
});

it("lets nobody in but the owner of the data folder, and no program of another version", async () => {
  await serve(async () => 0);
  expect((await stat(join(folder, "running"))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, "running", "lapse.sock"))).mode & 0o777).toBe(0o600);
  const call = caller();
  expect(await handOver(["any"], call, { dataDir: folder, version: "1.0.1" })).toBe(1);
  expect(call.err[0]).toMatch(/is version 1\.0\.0, and this is 1\.0\.1/);
});

it("does without a socket where its path would be too long", async () => {
  const deep = join(folder, "a".repeat(100), "b".repeat(100));
  expect(socketPath(deep, "linux")).toBeUndefined();
  expect(socketPath(deep, "win32")).toMatch(/^\\\\\.\\pipe\\lapse-[0-9a-f]{32}$/);
});

it("hands over only commands that need the database, where the stores are embedded", () => {
  expect(runningDataDir(["erase", "--user", "ann"], { DATA_DIR: "there" })).toBe("there");
  expect(runningDataDir(["models", "compare", "a", "b"], {})).toBe(".lapse");
  expect(runningDataDir(["models", "list"], {})).toBeUndefined();
  expect(runningDataDir(["erase", "--help"], {})).toBeUndefined();
  expect(runningDataDir(["erase"], { ELASTICSEARCH_URL: "http://localhost:9200" })).toBeUndefined();
});
