import type { Logger } from "#runtime/logging.ts";
import type { ModelMetrics } from "#runtime/metrics/model.ts";
import type { StoreErrorMetrics } from "#runtime/metrics/store-errors.ts";
import { formerVersions, lostChampion } from "#stores/models/former.ts";
import type { Alias, AliasName, ModelStore } from "#stores/models/model-store.ts";
import { isUnreadable } from "#stores/models/readable.ts";
import type { GraphOpening, ServedModel } from "./model.ts";
import type { ModelCache } from "./model-cache.ts";

export interface ChampionOptions {
  readonly models: Pick<ModelStore, "alias" | "history">;
  readonly cache: ModelCache;
  /** The alias whose version serves. */
  readonly alias: AliasName;
  readonly metrics: ModelMetrics;
  readonly storeErrors?: StoreErrorMetrics | undefined;
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Longest pause before a version that could not be loaded is tried again, in milliseconds. */
const longestPause = 60_000;

/** How long after a version serves its graph is opened, if it serves without, in milliseconds: the first response has left by then. */
const openingPause = 1000;

/** Shortest time between two warnings that the model store does not respond, in milliseconds. */
const warningPause = 60_000;

/**
 * The model in service: the version that an alias points at. A new one is loaded and warmed beside the old one and
 * then takes its place; any failure on the way leaves the old one in service. If there is no old one and the alias's
 * version does not load, the last one that served before it stands in for it until it does or the alias moves.
 *
 * After a cold start somebody may be waiting, so that a version whose graph was held to the formula when it was published serves before
 * its graph is opened. That is done a second later; if it fails, the version is one that does not load, and leaves service.
 */
export class Champion {
  readonly #options: ChampionOptions;
  #model: ServedModel | undefined;
  #checking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #openingTimer: NodeJS.Timeout | undefined;
  #failure: { revision: string; times: number; retryAt: number } | undefined;
  #storeWarning = { isOpen: false, quietUntil: Number.NEGATIVE_INFINITY };
  #vacant = false;
  #standsInFor: string | undefined;
  /** What was told of a champion that is lost. */
  #lost: string | undefined;
  #closed = false;

  constructor(options: ChampionOptions) {
    this.#options = options;
  }

  /** Whether there is a model to predict with. */
  get ready(): boolean {
    return this.#model !== undefined;
  }

  /** Whether there is nothing to wait for: the model store was asked, and the alias points at no version yet. */
  get vacant(): boolean {
    return this.#vacant;
  }

  /** The model in service, with a reference that the caller must release; undefined before the first is loaded. */
  acquire(): ServedModel | undefined {
    return this.#model?.retain() ? this.#model : undefined;
  }

  /** Looks where the alias points now and follows it. Never rejects: a failure is logged, and tried again later. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#check());
  }

  /** Refreshes `pollMs` after each refresh has ended, until closed. */
  follow(pollMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.refresh().then(() => this.follow(pollMs));
    }, pollMs);
    this.#timer.unref();
  }

  /** Ends following and takes the model out of service; requests on it still end well. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#checking;
    clearTimeout(this.#openingTimer);
    this.#model?.release();
    this.#model = undefined;
  }

  /** One after the other, so that an older look never undoes a newer one. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    this.#checking = this.#checking.then(step);
    return this.#checking;
  }

  async #check(): Promise<void> {
    if (this.#closed) return;
    const alias = await this.#lookUp();
    if (alias === undefined) return;
    const { now } = this.#options;
    if (alias.version !== this.#model?.manifest.version) {
      if (this.#failure?.revision === alias.revision && now() < this.#failure.retryAt) return;
      await this.#swap(alias);
    }
    if (alias.version === this.#model?.manifest.version) this.#tell(alias.version, alias.standsInFor);
  }

  async #lookUp(): Promise<Alias | undefined> {
    const { models, alias } = this.#options;
    try {
      const found = await models.alias(alias);
      this.#vacant = found === undefined;
      if (this.#storeWarning.isOpen) this.#options.logger.info("The model store responds again.");
      this.#storeWarning.isOpen = false;
      if (found !== undefined || alias !== "champion") this.#lost = undefined;
      else await this.#tellLost();
      return found;
    } catch (error) {
      this.#storeFailed(error);
      return undefined;
    }
  }

  /** Warns at once, then once a minute: the reason may change, and a store that comes and goes must not fill the log. */
  #storeFailed(error: unknown): void {
    const { storeErrors, logger, now } = this.#options;
    storeErrors?.failed("predict", error);
    if (now() < this.#storeWarning.quietUntil) return;
    logger.warn({ error }, "The model store does not respond; the model stays as it is.");
    this.#storeWarning = { isOpen: true, quietUntil: now() + warningPause };
  }

  async #swap(alias: Alias): Promise<void> {
    // With none in service, as after a cold start, somebody may be waiting; but where one has failed, nothing is taken on trust.
    const isCold = this.#model === undefined && this.#failure === undefined;
    try {
      const model = await this.#serve(alias.version, isCold ? "when it is needed" : "before it serves");
      this.#failure = undefined;
      if (isCold) this.#openSoon(model, alias);
    } catch (error) {
      await this.#failed(alias, error);
    }
  }

  /** Opens the graph in the background. It keeps no process alive. */
  #openSoon(model: ServedModel, alias: Alias): void {
    this.#openingTimer = setTimeout(() => this.#inTurn(() => this.#open(model, alias)), openingPause);
    this.#openingTimer.unref();
  }

  async #open(model: ServedModel, alias: Alias): Promise<void> {
    if (this.#closed || model !== this.#model) return;
    try {
      await this.#options.cache.open(model);
    } catch (error) {
      this.#withdraw(model);
      await this.#failed(alias, error, "it is out of service");
    }
  }

  #withdraw(model: ServedModel): void {
    const { metrics } = this.#options;
    this.#model = undefined;
    this.#standsInFor = undefined;
    model.release();
    metrics.withdrawn();
  }

  /** What follows when the version of an alias does not load. */
  async #failed(
    { version, revision }: Alias,
    error: unknown,
    consequence = "what was in service stays",
  ): Promise<void> {
    const { metrics, logger, now } = this.#options;
    metrics.loadFailed();
    const times = this.#failure?.revision === revision ? this.#failure.times + 1 : 1;
    if (times === 1) {
      const serving = this.#model?.manifest.version ?? "none";
      logger.warn({ error, model: version, serving }, `The model could not be loaded; ${consequence}.`);
    }
    this.#failure = { revision, times, retryAt: now() + Math.min(longestPause, 1000 * 2 ** (times - 1)) };
    if (this.#model === undefined && isUnreadable(error)) await this.#serveAnother(version);
  }

  async #serve(version: string, opening: GraphOpening): Promise<ServedModel> {
    const { cache, metrics, logger, now } = this.#options;
    const model = await cache.acquire(version, opening);
    this.#model?.release();
    this.#model = model;
    metrics.served(model.manifest, now());
    logger.info({ model: version }, "The model is in service.");
    return model;
  }

  /** Puts the last version that served before, of those that load, into service; none, if there is none. */
  async #serveAnother(damaged: string): Promise<void> {
    const { alias, models } = this.#options;
    try {
      for (const version of formerVersions(alias, await models.history())) {
        if (version === damaged || !(await this.#loads(version))) continue;
        this.#tell(version, `version ${damaged}, which cannot be loaded`);
        return;
      }
    } catch (error) {
      this.#storeFailed(error);
    }
  }

  async #loads(version: string): Promise<boolean> {
    try {
      await this.#serve(version, "before it serves");
      return true;
    } catch (error) {
      if (isUnreadable(error)) return false;
      throw error;
    }
  }

  /** Says loudly, once, that there is no model although there was one. Then the history, which may be long, is not read again. */
  async #tellLost(): Promise<void> {
    if (this.#lost !== undefined) return;
    this.#lost = lostChampion(await this.#options.models.history());
    if (this.#lost !== undefined) this.#options.logger.error({ "event.action": "no-model" }, `${this.#lost}.`);
  }

  /** Says loudly, once, that a version serves in place of another, and that it does no more. */
  #tell(version: string, standsInFor: string | undefined): void {
    const { metrics, logger } = this.#options;
    metrics.standsIn(standsInFor !== undefined);
    if (standsInFor === this.#standsInFor) return;
    this.#standsInFor = standsInFor;
    if (standsInFor === undefined) logger.info({ model: version }, "The model in service is the chosen one again.");
    else
      logger.error(
        { model: version, "event.action": "stand-in" },
        `Version ${version} stands in for ${standsInFor}. Restore its files, or choose a version with lapse models promote.`,
      );
  }
}
