import { parentPort, workerData } from "node:worker_threads";
import { failureMessage, type ThreadMessage } from "./thread-message.ts";

type Work<Input, Output> = (input: Input, progress: (done: number, total: number) => void) => Output | Promise<Output>;

/** The other end of `runThread`: does the work on the input of this thread, and tells what came of it. */
export function workInThread<Input, Output>(work: Work<Input, Output>): void {
  void tellOf(work);
}

async function tellOf<Input, Output>(work: Work<Input, Output>): Promise<void> {
  const tell = (message: ThreadMessage<Output>) => parentPort?.postMessage(message);
  try {
    const output = await work(workerData, (done, total) => tell({ type: "progress", done, total }));
    tell({ type: "output", output });
  } catch (error) {
    const failure = failureMessage(error);
    // Node hands what is thrown here to the thread that started this one.
    if (failure === undefined) throw error;
    tell(failure);
  }
}
