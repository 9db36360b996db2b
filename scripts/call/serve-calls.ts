import { once } from "node:events";
import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { jsonText } from "#churn/json-text.ts";
import type { Logger } from "#runtime/logging.ts";
import type { StoreSettings } from "#runtime/store-settings.ts";
import type { Stores } from "#stores/open-stores.ts";
import type { Call, RunningWork } from "./call.ts";
import { linesOf } from "./lines-of.ts";
import { type CallerMessage, type CommandMessage, callerMessage, lineOf } from "./messages.ts";
import { runningCall } from "./running-call.ts";
import { socketPath } from "./socket-path.ts";
import { isWriting } from "./within-lapse.ts";

export interface ServeCallsOptions {
  readonly dataDir: string;
  readonly version: string;
  readonly stores: Stores;
  readonly settings: StoreSettings;
  readonly work: RunningWork;
  /** Runs a command; returns its exit status. */
  readonly run: (args: readonly string[], call: Call) => Promise<number>;
  readonly logger: Pick<Logger, "warn" | "error">;
  /** How long commands may take to end once no more are taken. */
  readonly drainMilliseconds: number;
}

export interface CallServer {
  /** Takes no more commands, and resolves when those that run have ended or their time is over. */
  close(): Promise<void>;
}

/**
 * Runs commands for other processes of this user, on the stores that this one has open. The socket is in a folder that only its owner
 * can enter, and replaces what a killed process has left: who has the database open is the only one to listen.
 */
export async function serveCalls(options: ServeCallsOptions): Promise<CallServer> {
  const { dataDir, logger, drainMilliseconds } = options;
  const path = socketPath(dataDir, process.platform);
  if (path === undefined) {
    logger.warn(
      `The path of ${dataDir} is too long for a socket: commands that need its database work after this process has ended.`,
    );
    return { close: async () => undefined };
  }
  const calls = new Map<Promise<void>, { readonly socket: Socket; isAwaited: boolean }>();
  const server = createServer((socket) => {
    const entry = { socket, isAwaited: false };
    const work: RunningWork = {
      forget: (which) => options.work.forget(which),
      settled: async () => {
        const others = [...calls].filter(([, other]) => other !== entry && other.isAwaited).map(([call]) => call);
        await Promise.all([options.work.settled(), ...others]);
      },
    };
    const call = answer(socket, { ...options, work, onArgs: (args) => (entry.isAwaited = isWriting(args)) })
      .catch((error: unknown) => logger.error({ error }, "A command failed."))
      .finally(() => calls.delete(call));
    calls.set(call, entry);
  });
  if (process.platform !== "win32") {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await chmod(dirname(path), 0o700);
    await rm(path, { force: true });
  }
  await once(server.listen(path), "listening");
  if (process.platform !== "win32") await chmod(path, 0o600);
  return {
    async close() {
      server.close();
      const ended = Promise.all(calls.keys());
      await Promise.race([ended, setTimeout(drainMilliseconds, undefined, { ref: false })]);
      for (const { socket } of calls.values()) socket.destroy();
    },
  };
}

interface Answering extends ServeCallsOptions {
  readonly onArgs: (args: readonly string[]) => void;
}

async function answer(socket: Socket, options: Answering): Promise<void> {
  const { version, run, onArgs, logger, stores, settings, work } = options;
  const gone = new AbortController();
  socket.once("close", () => gone.abort());
  socket.on("error", () => gone.abort());
  const messages = messagesOf(socket);
  const first = await messages.next();
  if (first.done === true || !("call" in first.value)) return void socket.destroy();
  const { call: request } = first.value;
  // Asked for at once, so that the end of the connection is seen while the command asks nothing.
  const coming = () =>
    messages.next().then(
      ({ value }) => {
        if (value === undefined) gone.abort();
        return value;
      },
      () => void gone.abort(),
    );
  let next = coming();
  const end = async (status: number, ...said: CommandMessage[]) => {
    if (!gone.signal.aborted) socket.end([...said, { status }].map(lineOf).join(""));
  };
  if (request.version !== version)
    return end(1, {
      err: `The lapse that runs here is version ${version}, and this is ${request.version}: use its own commands, or start it anew.`,
    });
  onArgs(request.args);
  const call = runningCall({
    ...{ request, socket, stores, settings, work, signal: gone.signal },
    answer: async () => {
      const message = (await next) ?? { unreadable: "Nobody waits for this command any more." };
      next = coming();
      return message;
    },
  });
  try {
    await end(await run(request.args, call));
  } catch (error) {
    logger.error({ error }, `The command ${request.args[0]} failed.`);
    await end(1, { err: `The command failed: ${error instanceof Error ? error.message : String(error)}` });
  }
}

async function* messagesOf(socket: Socket): AsyncGenerator<CallerMessage, undefined> {
  for await (const line of linesOf(socket)) yield messageSchema.parse(line);
  return undefined;
}

const messageSchema = jsonText(callerMessage);
