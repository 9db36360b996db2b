import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { cwd } from "node:process";
import { Failure } from "#churn/failure.ts";
import { jsonText } from "#churn/json-text.ts";
import type { Call } from "./call.ts";
import { linesOf } from "./lines-of.ts";
import { commandMessage, lineOf } from "./messages.ts";
import { socketPath } from "./socket-path.ts";

/** The running lapse ended before the command did. */
export class LapseEnded extends Failure {
  override readonly name = "LapseEnded";
  override readonly kind = "unavailable";
}

/**
 * Has the lapse that runs on `dataDir` run a command for `call`. Returns the command's exit status, or undefined if none runs there: what a
 * lapse that was killed has left refuses the connection. Throws LapseEnded.
 */
export async function handOver(
  args: readonly string[],
  call: Call,
  { dataDir, version }: { readonly dataDir: string; readonly version: string },
): Promise<number | undefined> {
  const path = socketPath(dataDir, process.platform);
  const socket = path === undefined ? undefined : await connected(path);
  if (socket === undefined) return undefined;
  const { environment, user, columns } = call;
  const set = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  socket.write(lineOf({ call: { version, args: [...args], environment: set, user, columns, folder: cwd() } }));
  try {
    for await (const line of linesOf(socket)) {
      const message = messageSchema.parse(line);
      if ("status" in message) return message.status;
      if ("out" in message) await call.write(message.out);
      else if ("err" in message) call.warn(message.err);
      else socket.write(await answerOf(message.input, call));
    }
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ECONNRESET")) throw cause;
  } finally {
    socket.destroy();
  }
  throw new LapseEnded("The running lapse ended before the command did. Call it again to see what it has done.");
}

const messageSchema = jsonText(commandMessage);

async function connected(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return socket;
  } catch {
    return undefined;
  }
}

async function answerOf(path: string, call: Call): Promise<string> {
  try {
    return lineOf({ path: await call.inputPath(path) });
  } catch (error) {
    return lineOf({ unreadable: error instanceof Failure ? error.message : `Cannot read ${path}.` });
  }
}
