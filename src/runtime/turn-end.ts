import { pause } from "./pause.ts";

/** After this many turns with one response each, the next ones are expected to have one as well. */
const turnsAlone = 8;
/** One response in this many finds out whether there are others in its turn, or in the next. */
const lookEvery = 32;

/**
 * Has the responses of one turn of the event loop written one right after the other, when all requests that had come have been worked on: each
 * that is written to a caller who sleeps, on this machine or a proxy's, wakes them, which takes as long as a prediction. Where requests
 * come one by one there is nothing to wait for.
 */
export class TurnEnd {
  #ending: Promise<void> | undefined;
  /** Responses that wait for the end of this turn. */
  #waiting = 0;
  /** The last turns, one after the other, for whose end only one response waited. */
  #alone = 0;
  #sentAtOnce = 0;

  /** The end of this turn; undefined if this response is most likely its only one. */
  wait(): Promise<void> | undefined {
    if (this.#ending === undefined && this.#alone >= turnsAlone) {
      this.#sentAtOnce += 1;
      if (this.#sentAtOnce < lookEvery) return undefined;
      this.#sentAtOnce = 0;
      // This turn may be nearly over: it takes another one to go on as before.
      this.#alone = turnsAlone - 2;
    }
    this.#waiting += 1;
    this.#ending ??= pause().then(() => {
      this.#alone = this.#waiting === 1 ? this.#alone + 1 : 0;
      this.#waiting = 0;
      this.#ending = undefined;
    });
    return this.#ending;
  }
}
