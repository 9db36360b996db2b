import { parentPort, type Transferable, workerData } from "node:worker_threads";
import { failureMessage, type ThreadMessage } from "./thread-message.ts";

/** The other end of `openThread`: makes of this thread's input what answers each question, and the buffers to hand over. */
export function answerInThread<Input, Question, Answer>(
  setUp: (input: Input) => (question: Question) => readonly [answer: Answer, transfer: readonly Transferable[]],
): void {
  const answerTo = setUp(workerData);
  const tell = (message: ThreadMessage<Answer>, transfer: readonly Transferable[] = []) =>
    parentPort?.postMessage(message, transfer);
  parentPort?.on("message", (question: Question) => {
    try {
      const [output, transfer] = answerTo(question);
      tell({ type: "output", output }, transfer);
    } catch (error) {
      const failure = failureMessage(error);
      // Node hands what is thrown here to the thread that started this one.
      if (failure === undefined) throw error;
      tell(failure);
    }
  });
}
