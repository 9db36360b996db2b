import { deleteOneFigure, deleteOneRatio, type Figure } from "../metrics/delete-one.ts";
import { groupCount, type Night, type Ranking } from "./night.ts";

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
  /** What the longest silent first would have been worth on the same nights; undefined if one of them does not know it. */
  readonly recency: RecencyAlone | undefined;
}

/** The same users, ranked by the days since their last own action alone. */
export interface RecencyAlone {
  /** As those of the lists. */
  readonly auc: Figure | undefined;
  readonly capture: Figure | undefined;
  /** AUC of the lists less this one, paired by user: above 0, the lists ranked better. */
  readonly aucGain: Figure | undefined;
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
  const over: Over = { groups, left: all.left, leftWithout: without.map(({ left }) => left) };
  const known = nights.flatMap(({ recency }) => recency ?? []);
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
    auc: aucFigure(nights, over),
    capture: captureFigure(nights, over),
    recency:
      known.length < nights.length
        ? undefined
        : {
            auc: aucFigure(known, over),
            capture: captureFigure(known, over),
            aucGain: gainFigure(nights, known, over),
          },
  };
}

/** What figures of rankings are over: the groups that have users, and how many left, in all and without each group. */
interface Over {
  readonly groups: readonly number[];
  readonly left: number;
  readonly leftWithout: readonly number[];
}

function aucFigure(rankings: readonly Ranking[], { groups }: Over): Figure | undefined {
  const value = meanAuc(rankings);
  if (Number.isNaN(value)) return undefined;
  return deleteOneFigure(
    value,
    groups.map((group) => meanAuc(rankings, group)),
    [0, 1],
  );
}

function gainFigure(lists: readonly Ranking[], others: readonly Ranking[], { groups }: Over): Figure | undefined {
  const gain = (group?: number) => meanAuc(lists, group) - meanAuc(others, group);
  const value = gain();
  return Number.isNaN(value) ? undefined : deleteOneFigure(value, groups.map(gain), [-1, 1]);
}

function captureFigure(rankings: readonly Ranking[], { groups, left, leftWithout }: Over): Figure | undefined {
  if (left === 0) return undefined;
  const reachedWithout = (group: number) => sum(rankings.map((ranking) => ranking.reachedWithout[group] ?? 0));
  return deleteOneFigure(
    sum(rankings.map(({ reached }) => reached)) / left,
    groups.map((group, i) => reachedWithout(group) / (leftWithout[i] ?? 0)),
    [0, 1],
  );
}

/** Mean AUC of the nights that have one, of all users or without a group; NaN if none has. */
function meanAuc(rankings: readonly Ranking[], group?: number): number {
  return mean(rankings.map(({ auc, aucWithout }) => (group === undefined ? auc : (aucWithout[group] ?? null))));
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
