import { quantile } from "#churn/quantile.ts";
import { processorSecondsOf } from "../processor-seconds.ts";

const times = 3;
const warmUps = 1;

export interface Timed {
  /** In milliseconds, as the others. */
  readonly fastest: number;
  readonly median: number;
  /** Of the desk, for one request. */
  readonly processor: number;
  readonly body: string;
}

/** Asks for a page of the desk, process `pid`, several times, once more before that count. Throws unless it is answered. */
export async function timed(url: string, pid: number): Promise<Timed> {
  const taken: number[] = [];
  let body = "";
  let began = 0;
  for (let i = 0; i < times + warmUps; i++) {
    if (i === warmUps) began = processorSecondsOf(pid);
    const start = performance.now();
    const response = await fetch(url);
    body = await response.text();
    if (!response.ok) throw new Error(`${url} was answered with ${response.status}: ${body.slice(0, 200)}`);
    if (i >= warmUps) taken.push(performance.now() - start);
  }
  const processor = (1000 * (processorSecondsOf(pid) - began)) / times;
  taken.sort((a, b) => a - b);
  return { fastest: taken[0] ?? 0, median: quantile(taken, 0.5), processor, body };
}
