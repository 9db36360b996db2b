import type { Day } from "#churn/day.ts";
import type { Draws } from "./draws.ts";
import { type Kind, kinds } from "./kinds.ts";

/** Someone in the simulation, as they are on the current day. */
export interface User {
  readonly id: string;
  readonly kind: Kind;
  /** The first day that they may act on; may lie before the log. */
  readonly arrival: Day;
  /** Probability of coming on an ordinary day. */
  readonly rate: number;
  /** Actions in a visit besides the login. */
  readonly busyness: number;
  /** Usual hour of the visit, in UTC. */
  readonly hour: number;
  /** Well-being with the product, about 0 with a standard deviation of about 0.8: moves slowly, shows in all they do. */
  mood: number;
  /** What unanswered tickets have left, decaying. */
  grievance: number;
  /** Not here before this day, and back then. */
  pausedUntil: Day;
  /** Busy elsewhere before this day: comes seldom, without meaning to leave. */
  distractedUntil: Day;
  /** Undefined while they mean to stay. */
  leaving: Departure | undefined;
  gone: boolean;
}

/** How someone who has given up goes. */
export interface Departure {
  readonly since: Day;
  /** Until the last day that they may come. */
  readonly days: number;
  /** Whether they come less and less until then. */
  readonly fades: boolean;
}

export function newUser(id: string, arrival: Day, draws: Draws): User {
  const kind = kinds[draws.pick(kinds.map(({ share }) => share))] ?? kinds[0];
  return {
    id,
    kind,
    arrival,
    rate: Math.min(0.95, kind.rate * Math.exp(0.35 * draws.normal())),
    busyness: kind.busyness * Math.exp(0.3 * draws.normal()),
    hour: kind.hour + 2 * draws.normal(),
    mood: 0.8 * draws.normal(),
    grievance: 0,
    pausedUntil: arrival,
    distractedUntil: arrival,
    leaving: undefined,
    gone: false,
  };
}
