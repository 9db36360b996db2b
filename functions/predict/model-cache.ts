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
   * A version, with a reference that the caller must release. Unless the graph is opened when it is needed, it is open,
   * also where the version was loaded without. Throws what `ModelStore.model` and `openModel` throw.
   */
  async acquire(version: string, opening: GraphOpening = "before it serves"): Promise<ServedModel> {
    for (;;) {
      const model = await this.#touch(version, opening);
      // It may have been let go between loading and here.
      if (!model.retain()) continue;
      if (opening === "before it serves") await this.#openHeld(model);
      return model;
    }
  }

  /**
   * Opens the graph of a version that the caller has acquired. If that fails, the version is not kept: who acquires it next
   * has it loaded anew. Throws what `ServedModel.open` throws.
   */
  async open(model: ServedModel): Promise<void> {
    try {
      await model.open();
    } catch (error) {
      await this.#forget(model);
      throw error;
    }
  }

  /** Lets every version go; those still in use close when their last user is done. */
  close(): void {
    for (const version of [...this.#models.keys()]) this.#drop(version);
  }

  async #openHeld(model: ServedModel): Promise<void> {
    try {
      await this.open(model);
    } catch (error) {
      model.release();
      throw error;
    }
  }

  /** Lets a model go, unless another one has been loaded in its place. */
  async #forget(model: ServedModel): Promise<void> {
    const { version } = model.manifest;
    const kept = this.#models.get(version);
    const isSame = (await kept?.catch(() => undefined)) === model;
    if (isSame && this.#models.get(version) === kept) this.#drop(version);
  }

  #touch(version: string, opening: GraphOpening): Promise<ServedModel> {
    const model = this.#models.get(version);
    if (model === undefined) return this.#load(version, opening);
    this.#models.delete(version);
    this.#models.set(version, model);
    return model;
  }

  #load(version: string, opening: GraphOpening): Promise<ServedModel> {
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
