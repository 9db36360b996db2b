/** Something that is made when it is first asked for, and again at the next time when it could not be. */
export class Lazy<T> {
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Rejects as making it does; whoever asks next has it tried again. */
  get(): Promise<T> {
    this.#made ??= this.#make().catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  /** What was made, also if that is still under way; undefined when nobody asked for it, or it could not be made. */
  async made(): Promise<T | undefined> {
    return this.#made?.catch(() => undefined);
  }
}
