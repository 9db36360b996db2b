import type { ModelManifest } from "#churn/model/manifest.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { type PromisesRead, readPromises } from "#stores/ledger/read-promises.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import type { Alias, AliasMove } from "#stores/models/model-store.ts";
import { mayOperate } from "../may-operate.ts";
import type { DeskServices } from "../services.ts";

/** What the page of the model shows. */
export interface ModelView {
  /** Undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  /** Whether the reader may put versions into service. */
  readonly mayOperate: boolean;
  readonly champion: Alias | undefined;
  readonly challenger: Alias | undefined;
  /** Those that can be read, newest first. */
  readonly versions: readonly ModelManifest[];
  /** The names of those that cannot. */
  readonly damaged: readonly string[];
  /** Moves of the aliases, newest first. */
  readonly moves: readonly AliasMove[];
  readonly promises: PromisesRead;
}

const mostVersions = 60;
const mostMoves = 30;

export async function modelView(request: Pick<HttpRequest, "caller">, services: DeskServices): Promise<ModelView> {
  const { models } = services;
  const [champion, challenger, names, moves, promises] = await Promise.all([
    models.alias("champion"),
    models.alias("challenger"),
    models.versions(),
    models.history(),
    readPromises(services),
  ]);
  const read = await Promise.all(names.slice(0, mostVersions).map((name) => models.manifest(name).catch(damage(name))));
  return {
    reader: request.caller?.name,
    mayOperate: mayOperate(request),
    champion,
    challenger,
    versions: read.filter((one) => typeof one !== "string"),
    damaged: read.filter((one) => typeof one === "string"),
    moves: moves.slice(0, mostMoves),
    promises,
  };
}

/** The name in place of a version that cannot be read. */
function damage(name: string): (error: unknown) => string {
  return (error) => {
    if (error instanceof CorruptModel) return name;
    throw error;
  };
}
