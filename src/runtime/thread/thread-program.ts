/** CommonJS code that calls `workInThread<Input, Output>` when it runs. */
export interface ThreadProgram<Input, Output> {
  readonly code: string;
  /** Never there: it tells the compiler what the code takes and gives. */
  readonly works?: (input: Input) => Output;
}
