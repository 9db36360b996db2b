import type { Day } from "../day.ts";

/** What a former list showed of a user. */
export interface FormerScore {
  readonly snapshot: Day;
  /** To four decimals. */
  readonly probability: number;
}

/** How many scores of a user are shown as a line, that of the present list included. */
export const scoresInLine = 30;

/** The probabilities of that line, the oldest first. */
export function lineOfScores({ formerScores = [], probability }: ScoredUser): readonly number[] {
  const former = formerScores.map((score) => score.probability);
  return probability === undefined ? former : [...former, probability];
}

interface ScoredUser {
  readonly formerScores?: readonly FormerScore[] | undefined;
  /** Undefined for a user who has lapsed. */
  readonly probability: number | undefined;
}
