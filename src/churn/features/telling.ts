import { days, round } from "../number-words.ts";

/** One value of one user, as a reason for the risk that they leave. */
export interface Telling {
  readonly value: number;
  /** The median of the users that the model was trained on. */
  readonly typical: number;
  /** Whether it is to explain a higher risk, or a lower one. */
  readonly raisesRisk: boolean;
  /** The user's value of the feature with that name; undefined where the model does not have it. */
  readonly other: (name: string) => number | undefined;
}

/** `(typically 5)` */
export function typically({ typical }: Telling): string {
  return `(typically ${round(typical)})`;
}

/** `only ` where the value is below the typical one. */
export function only({ value, typical }: Telling): string {
  return value < typical ? "only " : "";
}

/** `only 1 action`, `no active day` */
export function counted(telling: Telling, one: string, many: string): string {
  const { value } = telling;
  if (value === 0) return `no ${one}`;
  return `${only(telling)}${round(value)} ${value === 1 ? one : many}`;
}

/** `in the last 30 days (typically 5)` */
export function inWindow(length: number, telling: Telling): string {
  return `in the last ${days(length)} ${typically(telling)}`;
}

/** With a decimal place below 10 only: a ratio or a mean is no more exact than that. */
export function roughly(value: number): number {
  return Number(value.toFixed(value < 9.95 ? 1 : 0));
}
