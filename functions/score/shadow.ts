import { pick } from "#churn/features/column-map.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import type { LogFields } from "#runtime/logging.ts";
import type { FeatureRow, FeatureSet } from "#stores/features/feature-store.ts";
import { modelColumns } from "#stores/features/model-columns.ts";
import { standingsUnder } from "#stores/features/standings.ts";
import type { Ledger, LedgerEntry } from "#stores/ledger/ledger.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { ScoreServices } from "./services.ts";

interface ShadowServices {
  readonly models: Pick<ModelStore, "manifest">;
  readonly ledger: Pick<Ledger, "append">;
  /** Told why the challenger could not score, or not go on. */
  readonly failed: (error: unknown) => void;
}

/**
 * Scores users with the challenger beside the champion: for the ledger, never to be shown. Nothing that is wrong with the
 * challenger stops the champion's run; it is told once, and the challenger scores no more in this run.
 */
export class Shadow {
  readonly #services: ShadowServices;
  #scorer: Scorer | undefined;
  #entries: LedgerEntry[] = [];
  #users = 0;

  private constructor(services: ShadowServices, scorer: Scorer | undefined) {
    this.#services = services;
    this.#scorer = scorer;
  }

  /** Scores with a version, the challenger; does nothing where there is none, or it is the champion itself. */
  static async open(
    champion: ModelManifest,
    version: string | null,
    set: FeatureSet,
    services: ShadowServices,
  ): Promise<Shadow> {
    try {
      const challenger = version === null ? undefined : await services.models.manifest(version);
      const isOther = challenger !== undefined && challenger.version !== champion.version;
      return new Shadow(services, isOther ? scorerOf(challenger, set) : undefined);
    } catch (error) {
      services.failed(error);
      return new Shadow(services, undefined);
    }
  }

  /** Users scored and added to the ledger so far; undefined if there is no challenger, or it failed. */
  get users(): number | undefined {
    return this.#scorer === undefined ? undefined : this.#users;
  }

  async add(row: FeatureRow): Promise<void> {
    try {
      const entry = this.#scorer?.(row);
      if (entry !== undefined) this.#entries.push(entry);
    } catch (error) {
      this.#fail(error);
    }
    if (this.#entries.length === chunkSize) await this.flush();
  }

  /** Adds to the ledger what is not there yet. */
  async flush(): Promise<void> {
    if (this.#entries.length === 0) return;
    const entries = this.#entries;
    this.#entries = [];
    try {
      await this.#services.ledger.append(entries);
      this.#users += entries.length;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#scorer = undefined;
    this.#services.failed(error);
  }
}

/** Tells that the challenger could not score, which concerns nobody who is shown scores. */
export function shadowFailed(
  error: unknown,
  { metrics, logger }: Pick<ScoreServices, "metrics" | "logger">,
  fields: LogFields,
): void {
  metrics?.shadowFailed();
  logger.warn({ ...fields, error }, "The challenger could not score in shadow; the champion's scores are complete.");
}

/** Entries written at a time. */
const chunkSize = 2_000;

/** The entry of a user who is here by the challenger's definition; undefined for any other. */
type Scorer = (row: FeatureRow) => LedgerEntry | undefined;

function scorerOf(challenger: ModelManifest, set: FeatureSet): Scorer {
  const { version, definition, parameters } = challenger;
  const columns = modelColumns(challenger, set);
  const standingOf = standingsUnder(definition.churn, set);
  // It became the challenger after the features were computed: the next run of features has what it needs.
  if (columns.missing.length > 0 || standingOf === undefined) return () => undefined;
  const { snapshot } = set;
  return (row) => {
    if (standingOf(row).state === "lapsed") return undefined;
    const vector = pick(row.values, columns);
    // Such a user has no score of the champion either, who tells of them.
    if (!vector.every(Number.isFinite)) return undefined;
    const probability = probabilityOf(parameters, vector);
    return { userId: row.userId, snapshot, modelVersion: version, role: "challenger", state: "here", probability };
  };
}
