import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { roles } from "#runtime/access/access.ts";
import { changeKeys } from "#scripts/keys/change-keys.ts";
import { makeKey, type NewKey } from "#scripts/keys/key-changes.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { exampleModel } from "../support/example-model.ts";
import { exampleNote } from "../support/example-note.ts";
import { argumentsOf, RunningProgram } from "../support/running-program.ts";
import type { Target } from "./fuzz.ts";

export interface RunningTarget extends Target {
  readonly program: RunningProgram;
  /** Where its embedded stores are; empty for one that does not tell. */
  readonly folder: string;
  /** Ends it. Returns its exit status, and what it wrote that tells of a fault of its own. */
  stop(): Promise<{ status: number | null; errors: readonly string[] }>;
}

const program = (name: string) => fileURLToPath(new URL(`../support/programs/${name}`, import.meta.url));
const node = ["--expose-gc", "--import", program("tell-memory.mjs")];

const wholeKey: NewKey = { name: "whole", roles, expires: undefined };

/** What a broker may be sent that starts no training, which would take all of the time. */
const types = ["dev.lapse.action", "dev.lapse.contact", "dev.lapse.model.promoted"];

/** All of lapse in one process, with keys. */
export async function startLocalTarget(): Promise<RunningTarget> {
  const running = new RunningProgram(process.execPath, [...node, ...argumentsOf("local-lapse")]);
  const { keys, users, versions } = JSON.parse(await running.says(/^known (.*)/));
  const now = new Date().toISOString();
  const values = {
    name: ["features", "nothing"],
    version: versions,
    a: versions,
    b: versions,
    type: types,
    user: users,
    user_id: users,
    subject: users,
    timestamp: [now],
    time: [now],
    id: ["spring", ...users],
    state: ["here"],
    sort: ["probability", "value_at_risk"],
    ...{ top: [1], control: [20], rest: [0], rest_days: [0], window: [14] },
  };
  const port = Number(await running.says(/^listens on port (\d+)/));
  return targetOf(running, port, { values, keys }, { folder: "", remove: async () => undefined });
}

/** One function as a pod runs it, on embedded stores of its own. */
export async function startFunctionTarget(name: string): Promise<RunningTarget> {
  const folder = await mkdtemp(join(tmpdir(), `lapse-fuzz-${name}-`));
  const models = await DirectoryModelStore.open(join(folder, "models"), { now: Date.now });
  await models.publish({ ...exampleModel({ version: "v1" }), report: "<html></html>" });
  await models.moveAlias("champion", "v1", undefined, exampleNote);
  const file = join(folder, "keys.json");
  const key = await changeKeys(file, (keys) => {
    const { text, record } = makeKey(wholeKey, keys, { random: randomBytes, now: Date.now() });
    return { keys: [record], made: text };
  });
  // Those behind the Broker ask for none. Nothing is sent to it.
  const broker = "http://127.0.0.1:9/";
  const environment = { DATA_DIR: folder, PORT: "0", BODY_SECONDS: "1", KEYS_FILE: file, BROKER_URL: broker };
  const args = [...node, program("run-function.mjs"), `${name}/main.ts`];
  const running = new RunningProgram(process.execPath, args, environment);
  const port = Number(await running.says(/"server\.port":(\d+)/));
  const values = { version: ["v1"], type: types, timestamp: [new Date().toISOString()] };
  return targetOf(running, port, { values, keys: [key] }, { folder, remove: () => rm(folder, { recursive: true }) });
}

function targetOf(
  running: RunningProgram,
  port: number,
  known: Target["known"],
  { folder, remove }: { folder: string; remove: () => Promise<void> },
): RunningTarget {
  const [key] = known.keys;
  let asked = 0;
  return {
    program: running,
    folder,
    port,
    known,
    async metrics() {
      const headers = { authorization: `Bearer ${key}` };
      const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
      if (!response.ok) throw new Error(`The metrics cannot be read: ${response.status} ${await response.text()}`);
      return response.text();
    },
    async memory() {
      asked += 1;
      running.process.kill("SIGUSR2");
      for (;;) {
        await running.answers(`http://127.0.0.1:${port}/healthz`);
        const told = running.lines.flatMap((line) => /^memory (\d+)$/.exec(line)?.[1] ?? []);
        if (told.length >= asked) return Number(told[asked - 1]);
      }
    },
    async stop() {
      const status = await running.end();
      await remove();
      return { status, errors: running.lines.filter((line) => /"log\.level":"(error|fatal)"/.test(line)) };
    },
  };
}
