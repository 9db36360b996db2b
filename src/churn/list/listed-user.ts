import { groupOf } from "../features/feature-group.ts";
import type { UserState } from "../population.ts";
import type { RiskThen } from "../risk-change.ts";
import type { Score } from "../score.ts";
import type { FormerScore } from "./former-scores.ts";
import type { UserMeasures } from "./measures.ts";

/** A user on the list of all users, as of the last scoring. What is not known of a user is undefined. */
export interface ListedUser extends Pick<Score, "userId" | "snapshot" | "modelVersion" | "reasons">, UserMeasures {
  readonly state: UserState;
  /** The day since which the user has lapsed. */
  readonly lapsedSince: number | undefined;
  /** As those of a score; undefined for a user who has lapsed. */
  readonly probability: Score["probability"] | undefined;
  readonly risk: Score["risk"] | undefined;
  /** The median of the users that the model was trained on, to compare with `usualGap`. */
  readonly typicalGap: number | undefined;
  /** What the user was on the list of the snapshot before; undefined if they were not on it. The list keeps it itself. */
  readonly riskBefore?: RiskThen | undefined;
  /** Whether the user was at risk on that list, as `isAtRisk` has it. The list keeps it itself, too. */
  readonly wasAtRisk?: boolean | undefined;
  /** What the user was on the last list that others were told of, which may be of the same snapshot. The list keeps it itself, too. */
  readonly toldRisk?: RiskThen | undefined;
  readonly toldAtRisk?: boolean | undefined;
  /**
   * What the user was on a later list that others were told of in part, where it puts them at risk and `toldAtRisk` does not, or the other way
   * round: then nobody knows which of the two others hold. The list keeps it itself, too.
   */
  readonly begunRisk?: RiskThen | undefined;
  /**
   * What lists of earlier snapshots showed of the user, the oldest first: the last of each snapshot, as many as `scoresInLine` shows. Where a
   * list is read with them; the list keeps them itself, too.
   */
  readonly formerScores?: readonly FormerScore[] | undefined;
}

/**
 * Whose risk has changed since the list before: who is at high risk and was not at risk (`entered`; also who was not on that list,
 * and so on the first list all who are at high risk), and who was at risk and is `calmed` (here at low risk) or `lost` (lapsed). Who is at medium risk has not
 * changed.
 */
export const listMoves = ["entered", "calmed", "lost"] as const;
export type ListMove = (typeof listMoves)[number];

/**
 * Which part of the list a user is in. `here` holds `slipping` (of medium risk) and `at_risk` (of high risk); nobody is
 * both here and lapsed.
 */
export const listStates = ["here", "slipping", "at_risk", "lapsed"] as const;
export type ListState = (typeof listStates)[number];

/** What is lost if the user leaves, by what they were worth lately; undefined where either is not known. */
export function valueAtRisk({ probability, value }: Pick<ListedUser, "probability" | "value">): number | undefined {
  return probability === undefined || value === undefined ? undefined : probability * value;
}

/** The groups of features that are among a user's reasons, each once. */
export function reasonGroups({ reasons }: Pick<ListedUser, "reasons">): string[] {
  return [...new Set(reasons.map(({ feature }) => groupOf(feature)))];
}
