import type { Socket } from "node:net";
import { resolve } from "node:path";
import { Failure, InvalidInput } from "#churn/failure.ts";
import type { StoreSettings } from "#runtime/store-settings.ts";
import type { Stores } from "#stores/open-stores.ts";
import { sharedStores } from "#stores/shared-stores.ts";
import type { Call, RunningWork } from "./call.ts";
import type { CallerMessage, CommandMessage } from "./messages.ts";
import { lineOf } from "./messages.ts";

/** Who called a command went away before its end. */
export class CallerGone extends Failure {
  override readonly name = "CallerGone";
  override readonly kind = "unavailable";
}

export interface RunningCallOptions {
  readonly request: Extract<CallerMessage, { call: unknown }>["call"];
  readonly socket: Socket;
  /** The next answer of the caller to a question about a file. */
  readonly answer: () => Promise<CallerMessage>;
  readonly signal: AbortSignal;
  readonly stores: Stores;
  /** Where the running lapse has its stores. */
  readonly settings: StoreSettings;
  readonly work: RunningWork;
}

/** The call of another process, which this one answers on the stores that it has open. */
export function runningCall({ request, socket, answer, signal, stores, settings, work }: RunningCallOptions): Call {
  const { environment, user, columns, folder } = request;
  const send = async (message: CommandMessage) => {
    if (signal.aborted) throw new CallerGone("Nobody waits for this command any more.");
    if (socket.write(lineOf(message))) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off("drain", done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      socket.once("drain", done);
      signal.addEventListener("abort", done);
    });
  };
  const pathOf = (path: string) => resolve(folder, path);
  return {
    environment,
    user,
    columns,
    signal,
    // What nobody reads is lost, as on a closed pipe; the command ends with its next step.
    print: (line) => void send({ out: `${line}\n` }).catch(() => undefined),
    warn: (line) => void send({ err: line }).catch(() => undefined),
    write: (text) => send({ out: text }),
    pathOf,
    async inputPath(path) {
      await send({ input: path });
      const answered = await answer();
      if ("path" in answered) return answered.path;
      throw new InvalidInput("unreadable" in answered ? answered.unreadable : `Cannot read ${path}.`);
    },
    stores(asked) {
      if (asked.MINIO_URL !== settings.MINIO_URL || asked.MINIO_BUCKET !== settings.MINIO_BUCKET)
        throw new InvalidInput(
          `The lapse that runs on ${settings.DATA_DIR} keeps its models elsewhere: set MINIO_URL and MINIO_BUCKET as it has them.`,
        );
      return { ...sharedStores(stores), backUp: stores.backUp, close: async () => undefined };
    },
    running: work,
  };
}
