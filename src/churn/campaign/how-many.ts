import { orderOf } from "../order-of.ts";

/** What is known of one user whom it may pay to contact. */
export interface Prospect {
  /** Probability of churn, 0 … 1. */
  readonly probability: number;
  /** What the user is worth if they stay. */
  readonly value: number;
}

export interface Economics {
  readonly costPerContact: number;
  /** What a user costs who takes what is offered. */
  readonly incentive: number;
  /** The share of those who would stay anyway that take it too, 0 … 1. */
  readonly takeUp: number;
  /** The share of those who would leave that a contact keeps. */
  readonly saveRate: Rate;
  /** The most users that can be contacted; undefined for any number. */
  readonly capacity?: number | undefined;
}

/** A share that is known with an interval. */
export interface Rate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The profit of contacting the best `contacts` users. */
export interface ProfitPoint {
  readonly contacts: number;
  readonly profit: number;
  /** With the save rate at the ends of its interval. */
  readonly low: number;
  readonly high: number;
}

export interface HowMany {
  /** About a hundred lengths of the list, from none to all. */
  readonly curve: readonly ProfitPoint[];
  /** The most profitable length within the capacity. */
  readonly optimum: ProfitPoint;
  /** That without the capacity. */
  readonly unlimited: ProfitPoint;
  /** The most profitable lengths with the save rate at the ends of its interval. */
  readonly range: readonly [low: number, high: number];
  /** The last user whom the optimum takes: where the list ends; undefined if it takes none. */
  readonly last: Prospect | undefined;
}

/**
 * How many users to contact, those first whom it pays most to contact. A contact of a user is worth
 * s p (v - d) - t (1 - p) d - c: with the save rate s it keeps who would leave (p), for their value v less the incentive
 * d; the share t of who would stay takes the incentive too; and it costs c in any case (Neslin, Gupta, Kamakura, Lu and
 * Mason 2006, Defection detection, equation 1, by user). Takes memory for four numbers a user.
 */
export function howManyToContact(prospects: Iterable<Prospect>, economics: Economics): HowMany {
  const { saveRate, capacity = Number.POSITIVE_INFINITY } = economics;
  // The gain is linear in the save rate: kept * s - paid.
  const { kept, paid, probabilities, values } = columnsOf(prospects, economics);
  const losses = kept.map((amount, i) => (paid[i] ?? 0) - saveRate.value * amount);
  const order = orderOf(losses);

  const every = Math.max(1, Math.ceil(order.length / 100));
  const curve: ProfitPoint[] = [];
  let [sumKept, sumPaid] = [0, 0];
  let best = pointAt(0, 0, 0, saveRate);
  let unlimited = best;
  const longest = { low: { profit: 0, contacts: 0 }, high: { profit: 0, contacts: 0 } };
  for (let contacts = 0; contacts <= order.length; contacts++) {
    if (contacts > 0) {
      const user = order[contacts - 1] ?? 0;
      sumKept += kept[user] ?? 0;
      sumPaid += paid[user] ?? 0;
    }
    const point = pointAt(contacts, sumKept, sumPaid, saveRate);
    if (contacts % every === 0 || contacts === order.length) curve.push(point);
    if (point.profit > unlimited.profit) unlimited = point;
    if (contacts <= capacity && point.profit > best.profit) best = point;
    for (const side of ["low", "high"] as const)
      if (point[side] > longest[side].profit) longest[side] = { profit: point[side], contacts };
  }
  const last = best.contacts === 0 ? undefined : order[best.contacts - 1];
  return {
    curve,
    optimum: best,
    unlimited,
    range: [longest.low.contacts, longest.high.contacts],
    last: last === undefined ? undefined : { probability: probabilities[last] ?? 0, value: values[last] ?? 0 },
  };
}

/** What contacting one user is worth, by the same rule. */
export function gainOf(prospect: Prospect, economics: Economics): number {
  return economics.saveRate.value * keptOf(prospect, economics) - paidFor(prospect, economics);
}

function keptOf({ probability, value }: Prospect, { incentive }: Economics): number {
  return probability * (value - incentive);
}

function paidFor({ probability }: Prospect, { costPerContact, incentive, takeUp }: Economics): number {
  return costPerContact + takeUp * (1 - probability) * incentive;
}

function pointAt(contacts: number, kept: number, paid: number, { value, low, high }: Rate): ProfitPoint {
  return { contacts, profit: value * kept - paid, low: low * kept - paid, high: high * kept - paid };
}

function columnsOf(prospects: Iterable<Prospect>, economics: Economics) {
  const probabilities: number[] = [];
  const values: number[] = [];
  for (const { probability, value } of prospects) {
    probabilities.push(probability);
    values.push(value);
  }
  const prospectAt = (i: number): Prospect => ({ probability: probabilities[i] ?? 0, value: values[i] ?? 0 });
  return {
    kept: Float64Array.from(values, (_, i) => keptOf(prospectAt(i), economics)),
    paid: Float64Array.from(values, (_, i) => paidFor(prospectAt(i), economics)),
    probabilities,
    values,
  };
}
