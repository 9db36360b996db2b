import { type Transferable, Worker } from "node:worker_threads";
import { failureOf, type ThreadMessage } from "./thread-message.ts";
import type { ThreadProgram } from "./thread-program.ts";

/** A thread that answers one question after the other. */
export interface OpenThread<Question, Answer> {
  /**
   * The answer, in the order of the questions. Buffers in `transfer` are taken over instead of copied. Throws the failures
   * of churn as they were thrown there, and any other error, which ends the thread, as a copy without its class.
   */
  ask(question: Question, transfer?: readonly Transferable[]): Promise<Answer>;
  /** Ends the thread, whatever it does. */
  close(): Promise<void>;
}

/** Starts a program that calls `answerInThread` with an input in a thread of its own. */
export function openThread<Input, Question, Answer>(
  program: ThreadProgram<Input, (question: Question) => Answer>,
  input: Input,
): OpenThread<Question, Answer> {
  const worker = new Worker(program.code, { eval: true, workerData: input });
  const waiting: { resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  let end: unknown;
  const endWith = (error: unknown) => {
    end ??= error;
    for (const { reject } of waiting.splice(0)) reject(end);
  };
  worker.on("message", (message: ThreadMessage<Answer>) => {
    if (message.type === "output") waiting.shift()?.resolve(message.output);
    else if (message.type === "failure") waiting.shift()?.reject(failureOf(message));
  });
  worker.once("error", endWith);
  worker.once("exit", (code) => endWith(new Error(`A thread ended with status ${code}.`)));
  return {
    ask(question, transfer = []) {
      if (end !== undefined) return Promise.reject(end);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(question, transfer);
      });
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
