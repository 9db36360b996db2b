import { type Transferable, Worker } from "node:worker_threads";
import { failureOf, type ThreadMessage } from "./thread-message.ts";
import type { ThreadProgram } from "./thread-program.ts";

export interface ThreadOptions {
  /** Buffers of the input that the thread takes over instead of copying: here they are empty afterwards. */
  readonly transfer?: readonly Transferable[];
  /** Told how far the work is. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Has a program that calls `workInThread` work on an input in a thread of its own, so that this one stays free to answer
 * requests. Throws the failures of churn as they were thrown there, and any other error as a copy without its class.
 * The thread ends with the process.
 */
export function runThread<Input, Output>(
  program: ThreadProgram<Input, Output>,
  input: Input,
  { transfer = [], progress }: ThreadOptions = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program.code, { eval: true, workerData: input, transferList: [...transfer] });
    worker.on("message", (message: ThreadMessage<Output>) => {
      switch (message.type) {
        case "progress":
          return progress?.(message.done, message.total);
        case "output":
          return resolve(message.output);
        case "failure":
          return reject(failureOf(message));
      }
    });
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`A thread ended with status ${code} before its work was done.`)));
  });
}
