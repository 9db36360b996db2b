import { type Failure, InvalidInput, NotFound, TooLittleToLearn } from "#churn/failure.ts";

/** What a thread tells the one that started it. */
export type ThreadMessage<Output> =
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "output"; readonly output: Output }
  | FailureMessage;

/** A failure of churn, taken apart: an error loses its class between threads. */
export interface FailureMessage {
  readonly type: "failure";
  readonly name: keyof typeof classes;
  readonly message: string;
  readonly details: Failure["details"];
  readonly stack: string | undefined;
}

const classes = { InvalidInput, NotFound, TooLittleToLearn };

/** Undefined for an error that is no failure of churn. */
export function failureMessage(error: unknown): FailureMessage | undefined {
  if (!(error instanceof InvalidInput || error instanceof NotFound)) return undefined;
  const { name, message, details, stack } = error;
  return { type: "failure", name, message, details, stack };
}

export function failureOf({ name, message, details, stack }: FailureMessage): Failure {
  const failure = new classes[name](message, details === undefined ? {} : { details });
  if (stack !== undefined) failure.stack = stack;
  return failure;
}
