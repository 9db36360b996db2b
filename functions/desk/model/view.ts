import type { HttpRequest } from "#runtime/http.ts";
import { type PromisesRead, readPromises } from "#stores/ledger/read-promises.ts";
import type { Alias, AliasMove } from "#stores/models/model-store.ts";
import { type ReadVersions, readVersions } from "#stores/models/readable.ts";
import { mayOperate } from "../may-operate.ts";
import type { DeskServices } from "../services.ts";
import { versionBefore } from "./move-champion.ts";

/** What the page of the model shows. */
export interface ModelView extends ReadVersions {
  /** Undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  /** Whether the reader may put versions into service. */
  readonly mayOperate: boolean;
  readonly champion: Alias | undefined;
  /** The version that a roll-back would lead to. */
  readonly before: string | undefined;
  readonly challenger: Alias | undefined;
  /** Moves of the aliases, newest first: the newest of them, as are the versions. */
  readonly moves: readonly AliasMove[];
  /** How many versions and moves there are, shown or not. */
  readonly allVersions: number;
  readonly allMoves: number;
  readonly promises: PromisesRead;
  /** What is typed to call the program `lapse`. */
  readonly calledAs: string;
}

const mostVersions = 60;
const mostMoves = 30;

export async function modelView(request: Pick<HttpRequest, "caller">, services: DeskServices): Promise<ModelView> {
  const { models } = services;
  const [champion, before, challenger, names, moves, promises] = await Promise.all([
    models.alias("champion"),
    versionBefore(models),
    models.alias("challenger"),
    models.versions(),
    models.history(),
    readPromises(services),
  ]);
  return {
    reader: request.caller?.name,
    mayOperate: mayOperate(request),
    champion,
    before,
    challenger,
    ...(await readVersions(names.slice(0, mostVersions), models)),
    moves: moves.slice(0, mostMoves),
    ...{ allVersions: names.length, allMoves: moves.length },
    promises,
    calledAs: services.calledAs,
  };
}
