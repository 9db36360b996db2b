import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { featuresPing, trainPing } from "#runtime/event-kinds.ts";
import { messageSchema } from "./messages.ts";

const worker = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Starts a process of a function, which tells when it is ready. */
export function startWorker(name: "features" | "score" | "train", env: NodeJS.ProcessEnv): ChildProcess {
  return fork(worker, { execArgv: ["--import", "tsx"], env: { PATH: process.env.PATH, ...env, FUNCTION: name } });
}

/** What a function replies to its ping at NOW of the environment, in a process of its own, and what that took. */
export async function runFunction(
  name: "features" | "train",
  { make }: typeof featuresPing | typeof trainPing,
  env: NodeJS.ProcessEnv & { readonly NOW: string },
) {
  const child = startWorker(name, env);
  await once(child, "message");
  const ended = once(child, "message");
  const time = new Date(Number(env.NOW)).toISOString();
  child.send(make({ id: name, source: "/bench", time, data: { through: "yesterday" } }));
  const [raw] = await Promise.race([
    ended,
    once(child, "exit").then(([status]) => {
      throw new Error(`The process ended with status ${status}.`);
    }),
  ]);
  const message = messageSchema.parse(raw);
  if (!("reply" in message)) throw new Error("It told something else than a reply.");
  const exited = once(child, "exit");
  child.disconnect();
  await exited;
  return message;
}
