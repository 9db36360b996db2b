/** A pipeline that is not valid, or that uses something unsupported here. */
export class NotAPipeline extends Error {
  override readonly name = "NotAPipeline";
}

/** Reads a text from left to right, skipping white space and comments. */
export class Tokens {
  readonly #text: string;
  #at = 0;
  #skipped = "";

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Reads what the pattern matches at this point and returns it, or its first group. If it does not match, reads nothing. */
  take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern.source, "ys");
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text);
    if (found === null) return undefined;
    this.#at = sticky.lastIndex;
    this.#skip();
    return found[1] ?? found[0];
  }

  expect(pattern: RegExp, what: string): string {
    const found = this.take(pattern);
    if (found !== undefined) return found;
    const before = this.#text.slice(0, this.#at).split("\n");
    const rest = JSON.stringify(this.#text.slice(this.#at, this.#at + 30));
    throw new NotAPipeline(`line ${before.length}: expected ${what}, found ${rest}`);
  }

  /** Whether a comment precedes the next token. */
  get isAfterComment(): boolean {
    return this.#skipped.includes("#");
  }

  #skip(): void {
    // A comment ends with a newline, so one at the end of a file without a last newline does not count.
    const blank = /(?:[ \t\r\n]+|#[^\r\n]*\r?\n)*/y;
    blank.lastIndex = this.#at;
    this.#skipped = blank.exec(this.#text)?.[0] ?? "";
    this.#at = blank.lastIndex;
  }
}
