import { Overloaded } from "./failures.ts";

/** The memory that the bodies of all requests of a process share. */
export class BodyBudget {
  readonly #bytes: number;
  #held = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** The share of one request; the caller releases it when the request has ended. */
  share(): BodyShare {
    let taken = 0;
    return {
      grow: (bytes) => {
        const more = Math.max(0, bytes - freeBytes) - taken;
        if (more <= 0) return;
        if (this.#held + more > this.#bytes)
          throw new Overloaded("This service holds as many request bodies as it can; try again later.");
        this.#held += more;
        taken += more;
      },
      release: () => {
        this.#held -= taken;
        taken = 0;
      },
    };
  }
}

export interface BodyShare {
  /** Takes what a body of this many bytes needs. Throws Overloaded if the others leave too little. */
  grow(bytes: number): void;
  release(): void;
}

/** The beginning of each body is not counted: small requests are served however many large ones are under way. */
const freeBytes = 16 * 1024;
