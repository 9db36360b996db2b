import type { ModelStore } from "#stores/models/model-store.ts";
import { type GraphOpening, openModel, type ServedModel } from "./model.ts";

/**
 * Model versions that are loaded, each once, however many ask for it at a time. Beyond `capacity` the one that was not
 * asked for longest is let go. So the champion's predecessor is still warm when somebody rolls back to it.
 */
export class ModelCache {
  readonly #store: Pick<ModelStore, "model">;
  readonly #capacity: number;
  /** Ordered by last use, the oldest first. */
  readonly #models = new Map<string, Promise<ServedModel>>();

  constructor(models: Pick<ModelStore, "model">, capacity = 4) {
    this.#store = models;
    this.#capacity = capacity;
  }

  /**
   * A version, with a reference that the caller must release; `opening` counts where it is not loaded yet. Throws what
   * `ModelStore.model` and `openModel` throw.
   */
  async acquire(version: string, opening?: GraphOpening): Promise<ServedModel> {
    for (;;) {
      const model = await this.#touch(version, opening);
      // It may have been let go between loading and here.
      if (model.retain()) return model;
    }
  }

  /** Lets every version go; those still in use close when their last user is done. */
  close(): void {
    for (const version of [...this.#models.keys()]) this.#drop(version);
  }

  #touch(version: string, opening: GraphOpening | undefined): Promise<ServedModel> {
    const model = this.#models.get(version);
    if (model === undefined) return this.#load(version, opening);
    this.#models.delete(version);
    this.#models.set(version, model);
    return model;
  }

  #load(version: string, opening: GraphOpening | undefined): Promise<ServedModel> {
    const model = this.#store.model(version).then((stored) => openModel(stored, opening));
    this.#models.set(version, model);
    model.then(
      () => {
        const [oldest] = this.#models.keys();
        if (this.#models.size > this.#capacity && oldest !== undefined) this.#drop(oldest);
      },
      () => {
        // A failure is not kept: the version may be published, or the model store be back, a moment later.
        if (this.#models.get(version) === model) this.#models.delete(version);
      },
    );
    return model;
  }

  #drop(version: string): void {
    const model = this.#models.get(version);
    this.#models.delete(version);
    model?.then(
      (loaded) => loaded.release(),
      () => undefined,
    );
  }
}
