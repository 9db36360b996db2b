import type { ModelManifest } from "#churn/model/manifest.ts";
import { DamagedAlias } from "./failures.ts";
import { formerVersions } from "./former.ts";
import type { Alias, AliasMove, AliasName, ModelArtifact, ModelStore, MoveNote, StoredModel } from "./model-store.ts";
import { isUnreadable } from "./readable.ts";

/**
 * A model store whose aliases point at versions that can be read, manifest and model. Where the version of an alias is lost
 * or damaged, or the alias itself is, the one that was there before stands in for it (see formerVersions), and `standsInFor`
 * says so: neither a night nor a start must fail because of a file, and everyone who asks gets the same version, also who
 * needs only its manifest. The next move of the alias mends it; see recordStandIn.
 */
export class SoundAliases implements ModelStore {
  readonly #store: ModelStore;
  /** Versions are immutable: one that was read is not checked again. */
  readonly #sound = new Map<string, ModelManifest>();
  /** The model read last, until it is asked for: who looks at an alias and then loads its model reads it once. */
  #latest: StoredModel | undefined;
  /** What may stand in for an alias that is damaged, by its revision: nothing else changes that. */
  #former: { readonly of: string; readonly versions: readonly string[] } | undefined;

  constructor(store: ModelStore) {
    this.#store = store;
  }

  /** As ModelStore.alias, but undefined as well if no version that may stand in can be read. */
  async alias(name: AliasName): Promise<Alias | undefined> {
    const { alias, revision, fault } = await this.#look(name);
    if (fault === undefined || revision === undefined) return alias;
    const version = await this.#standIn(name, revision, alias);
    if (version === undefined) return undefined;
    const { movedAt = "", previous } = alias ?? {};
    return { version, movedAt, previous, revision, standsInFor: fault };
  }

  async moveAlias(name: AliasName, version: string, expected: string | undefined, note: MoveNote): Promise<Alias> {
    // Of an alias that was not there for the caller, because nothing can stand in for it.
    const { fault, revision } = expected === undefined ? await this.#look(name) : {};
    return this.#store.moveAlias(name, version, fault === undefined ? expected : revision, note);
  }

  history(): Promise<readonly AliasMove[]> {
    return this.#store.history();
  }

  publish(artifact: ModelArtifact): Promise<void> {
    return this.#store.publish(artifact);
  }

  versions(): Promise<readonly string[]> {
    return this.#store.versions();
  }

  manifest(version: string): Promise<ModelManifest> {
    return this.#store.manifest(version);
  }

  async model(version: string): Promise<StoredModel> {
    const latest = this.#latest;
    if (latest?.manifest.version !== version) return this.#store.model(version);
    this.#latest = undefined;
    return latest;
  }

  report(version: string): Promise<string> {
    return this.#store.report(version);
  }

  /** The alias as it is, and what is wrong with it or with its version. */
  async #look(name: AliasName): Promise<{ alias?: Alias; revision?: string; fault?: string }> {
    try {
      const alias = await this.#store.alias(name);
      if (alias === undefined) return {};
      const { revision } = alias;
      if ((await this.#soundManifest(alias.version)) !== undefined) return { alias, revision };
      return { alias, revision, fault: `version ${alias.version}, which cannot be read` };
    } catch (error) {
      if (!(error instanceof DamagedAlias)) throw error;
      return { revision: error.revision, fault: `the alias ${name}, which cannot be read` };
    }
  }

  /** The last version that was there before, of those that can be read and were not moved back from. */
  async #standIn(name: AliasName, revision: string, alias: Alias | undefined): Promise<string | undefined> {
    for (const version of await this.#formerAt(name, revision))
      if (version !== alias?.version && (await this.#soundManifest(version)) !== undefined) return version;
    return undefined;
  }

  async #formerAt(name: AliasName, revision: string): Promise<readonly string[]> {
    const of = `${name} ${revision}`;
    if (this.#former?.of === of) return this.#former.versions;
    const versions = formerVersions(name, await this.#store.history());
    this.#former = { of, versions };
    return versions;
  }

  async #soundManifest(version: string): Promise<ModelManifest | undefined> {
    const known = this.#sound.get(version);
    if (known !== undefined) return known;
    try {
      const model = await this.#store.model(version);
      this.#sound.set(version, model.manifest);
      this.#latest = model;
      return model.manifest;
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }
}
