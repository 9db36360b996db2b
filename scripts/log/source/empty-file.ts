import { InvalidInput } from "#churn/failure.ts";

/** A file without a single line that holds something: among others it is left out, as the empty parts are that some programs write. */
export class EmptyFile extends InvalidInput {
  /** Lines that hold nothing. */
  readonly blank: number;

  constructor(message: string, blank = 0) {
    super(message);
    this.blank = blank;
  }
}
