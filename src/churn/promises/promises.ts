import { deleteOneFigure, deleteOneRatio, type Figure } from "../metrics/delete-one.ts";
import { groupCount, type Night } from "./night.ts";

/** What was promised and what happened, over some nights. */
export interface Promises {
  readonly nights: number;
  /** On an average night: users with a probability, how many of them were promised to leave, and how many left. */
  readonly users: number;
  readonly promised: number;
  readonly left: number;
  /** Left over promised: 1 is as promised, 1.2 is a fifth more. */
  readonly ratio: Figure;
  /** Mean log loss in nats, as served. */
  readonly logLoss: Figure;
  /** Mean of the nights' AUC, as served; undefined where on every night all or none left. */
  readonly auc: Figure | undefined;
  /** Share of those who left that the riskiest tenth of each list held; undefined where none left. */
  readonly capture: Figure | undefined;
}

/**
 * Compares nights. Intervals are of 95 % and tell how certain a figure is with other users of the same time: a user is in
 * nearly every night, so groups of users are left out in turn, with all their nights. Undefined where no user was scored.
 */
export function promisesOf(nights: readonly Night[]): Promises | undefined {
  const all = sumsOf(nights);
  if (all.users === 0) return undefined;
  const groups = Array.from({ length: groupCount }, (_, group) => group).filter((group) =>
    nights.some(({ users }) => (users[group] ?? 0) > 0),
  );
  const without = groups.map((group) => minus(all, sumsOf(nights, group)));
  const perNight = (sum: number) => sum / nights.length;
  const auc = mean(nights.map((night) => night.auc));
  return {
    nights: nights.length,
    users: perNight(all.users),
    promised: perNight(all.promised),
    left: perNight(all.left),
    ratio: ratioFigure(all, without, nights.length),
    logLoss: deleteOneFigure(
      all.loss / all.users,
      without.map(({ loss, users }) => loss / users),
      [0, Number.POSITIVE_INFINITY],
    ),
    auc: Number.isNaN(auc)
      ? undefined
      : deleteOneFigure(
          auc,
          groups.map((group) => mean(nights.map(({ aucWithout }) => aucWithout[group] ?? null))),
          [0, 1],
        ),
    capture:
      all.left === 0
        ? undefined
        : deleteOneFigure(
            sum(nights.map(({ reached }) => reached)) / all.left,
            groups.map(
              (group, i) =>
                sum(nights.map(({ reachedWithout }) => reachedWithout[group] ?? 0)) / (without[i]?.left ?? 0),
            ),
            [0, 1],
          ),
  };
}

function ratioFigure(all: Sums, without: readonly Sums[], nights: number): Figure {
  // Where none left, up to 3.69 were to be expected (Poisson, 97.5 %), of the users of one night.
  if (all.left === 0) return { value: 0, interval: [0, (3.69 * nights) / all.promised] };
  return deleteOneRatio(
    all.left / all.promised,
    without.map(({ left, promised }) => left / promised),
  );
}

type Sums = Readonly<Record<(typeof summed)[number], number>>;

const summed = ["users", "promised", "left", "loss"] as const;

/** Over all nights, of all groups or of one. */
function sumsOf(nights: readonly Night[], group?: number): Sums {
  const over = (name: (typeof summed)[number]) =>
    sum(nights.map(({ [name]: groups }) => (group === undefined ? sum(groups) : (groups[group] ?? 0))));
  return { users: over("users"), promised: over("promised"), left: over("left"), loss: over("loss") };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function minus(a: Sums, b: Sums): Sums {
  return {
    users: a.users - b.users,
    promised: a.promised - b.promised,
    left: a.left - b.left,
    loss: a.loss - b.loss,
  };
}

/** Of those that are known; NaN of none. */
function mean(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return sum(known) / known.length;
}
