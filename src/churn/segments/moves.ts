import { type Risk, risks } from "../score.ts";

/** One user as two models see them. */
export interface TwoScores {
  readonly userId: string;
  readonly a: number;
  readonly b: number;
  readonly riskA: Risk;
  readonly riskB: Risk;
}

/** How many users model A puts in one class of risk and model B in another: `moves[of A][of B]`. */
export type Moves = Readonly<Record<Risk, Readonly<Record<Risk, number>>>>;

export function movesOf(users: readonly TwoScores[]): Moves {
  const none = () => ({ low: 0, medium: 0, high: 0 });
  const moves = { low: none(), medium: none(), high: none() };
  for (const { riskA, riskB } of users) moves[riskA][riskB] += 1;
  return moves;
}

/** How many users are in another class of risk. */
export function movedOf(moves: Moves): number {
  return risks.reduce((sum, a) => sum + risks.reduce((part, b) => part + (a === b ? 0 : moves[a][b]), 0), 0);
}

/** The users whose odds of leaving differ most between the models, the largest difference first; ties by id. */
export function disagreements(users: readonly TwoScores[], most: number): TwoScores[] {
  const apart = ({ a, b }: TwoScores) => Math.abs(logOdds(a) - logOdds(b));
  return users
    .toSorted((one, other) => apart(other) - apart(one) || (one.userId < other.userId ? -1 : 1))
    .slice(0, most);
}

function logOdds(probability: number): number {
  const inside = Math.min(1 - 1e-9, Math.max(1e-9, probability));
  return Math.log(inside / (1 - inside));
}
