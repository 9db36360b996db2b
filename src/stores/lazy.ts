/** A value that is made when first asked for; if making it fails, the next call tries again. */
export class Lazy<T> {
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Rejects if making it fails. */
  get(): Promise<T> {
    this.#made ??= this.#make().catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  /** The value, once made; undefined if it was never asked for or making it failed. */
  async made(): Promise<T | undefined> {
    return this.#made?.catch(() => undefined);
  }
}
