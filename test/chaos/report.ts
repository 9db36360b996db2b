import { brokerClass } from "../cluster/overlay.ts";
import type { Flow, Tally } from "./flows.ts";
import type { Discrepancy } from "./ledger.ts";

export interface Struck {
  readonly name: string;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  /** How long it lasted, in seconds. */
  readonly seconds: number;
  /** From its end until ingest and the predictor were seen to answer with 200, in seconds. */
  readonly recovery: number;
}

export interface Outcome {
  readonly began: Date;
  readonly minutes: number;
  readonly seed: string;
  readonly struck: readonly Struck[];
  readonly flows: readonly Flow[];
  readonly acknowledged: number;
  readonly users: number;
  /** Of the containers of Knative's eventing, which no fault hits. */
  readonly restarts: number;
  /** Dead letters that were sent again at the end. */
  readonly replayed: number;
  /** Of what is stored, from what was acknowledged. */
  readonly lost: readonly Discrepancy[];
  /** Of what is counted in user-days, from what was acknowledged. */
  readonly uncounted: readonly Discrepancy[];
  /** Users of whom the webhook had to tell its receiver, and those of whom it did not. */
  readonly toTell: number;
  readonly untold: number;
  /** Users who were sent, and how many of them the last night scored. */
  readonly scored: number;
}

/** Whether every promise was kept. */
export function isKept({ lost, uncounted, untold, flows, scored, users }: Outcome): boolean {
  const isWhole = lost.length === 0 && uncounted.length === 0 && untold === 0 && scored === users;
  return isWhole && flows.every(({ tally }) => tally.wrong.length === 0);
}

/** The report in Markdown. */
export function describe(outcome: Outcome): string {
  const { began, minutes, seed, struck, acknowledged, users, replayed, lost, uncounted, scored, restarts } = outcome;
  const { toTell, untold } = outcome;
  const worst = Math.max(0, ...struck.map(({ recovery }) => recovery));
  return `
\`LAPSE_BROKER_CLASS=${brokerClass} npm run chaos -- --minutes ${minutes} --seed ${seed}\`, ${began.toISOString().slice(0, 16).replace("T", " ")} UTC:

| | |
| --- | --- |
| faults | ${struck.length} |
| actions that were acknowledged, of ${count(users)} users | ${count(acknowledged)} |
| events that became dead letters, and were sent again at the end (\`lapse dead-letters replay --all\`) | ${count(replayed)} |
| of the actions lost or stored twice | ${told(lost)} |
| of the actions missing in the last night's features, or in them twice | ${told(uncounted)} |
| containers of Knative's eventing that were started again meanwhile, by no fault of these | ${restarts} |
| changes of risk that the Broker acknowledged, and of which the webhook did not tell its receiver | ${untold} of ${count(toTell)} |
| users whom the last night scored | ${count(scored)} of ${count(users)} |
| longest from the end of a fault until ingest and the predictor both answered 200 | ${worst.toFixed(1)} s |

| requests | good | failed | wrong |
| --- | --- | --- | --- |
${byName(outcome.flows).map(flowRow).join("\n")}

Failures by their kind, and the faults during which they came, until both answered again:

${byName(outcome.flows)
  .flatMap((flows) => failureLines(flows, struck))
  .join("\n")}

| fault | times | lasted, s | until both answered again, s (median, longest) |
| --- | --- | --- | --- |
${faultRows(struck).join("\n")}
`.trimStart();
}

function told(discrepancies: readonly Discrepancy[]): string {
  const each = discrepancies.map(
    ({ sender, acknowledged, found }) => `${sender}: ${acknowledged} acknowledged, ${found} found`,
  );
  return each.length === 0 ? "none" : each.join("; ");
}

function count(value: number): string {
  return value.toLocaleString("en");
}

/** The tallies of flows with the same name, together. */
function byName(flows: readonly Flow[]): readonly (readonly [string, readonly Tally[]])[] {
  const names = [...new Set(flows.map(({ name }) => name))];
  return names.map((name) => [name, flows.filter((flow) => flow.name === name).map(({ tally }) => tally)] as const);
}

function flowRow([name, tallies]: readonly [string, readonly Tally[]]): string {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const failed = sum(({ failures }) => failures.length);
  return `| ${name} | ${count(sum(({ good }) => good))} | ${count(failed)} | ${sum(({ wrong }) => wrong.length)} |`;
}

/** Each kind of failure once, with what differs from request to request left out. */
function failureLines(
  [name, tallies]: readonly [string, readonly Tally[]],
  struck: readonly Struck[],
): readonly string[] {
  const failures = tallies.flatMap((tally) => tally.failures);
  const kinds = grouped(failures, ({ what }) =>
    what.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+(\.\d+){3}(:\d+)?/g, "…"),
  );
  const sorted = [...kinds].toSorted((a, b) => b[1].length - a[1].length).slice(0, 8);
  return sorted.map(([kind, those]) => {
    const groups = grouped(those, ({ at }) => faultAt(at, struck));
    const counts = [...groups].toSorted((a, b) => b[1].length - a[1].length);
    const during = counts.map(([fault, { length }]) => `${fault}: ${count(length)}`).join("; ");
    return `- ${name}: ${count(those.length)} × \`${kind.replaceAll("`", "'")}\` (${during})`;
  });
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** What had been struck, and not been recovered from, at a moment. */
function faultAt(at: number, struck: readonly Struck[]): string {
  const one = struck.findLast((fault) => fault.at <= at);
  const isOver = one === undefined || at > one.at + (one.seconds + one.recovery) * 1000;
  return isOver ? "between faults" : one.name;
}

function faultRows(struck: readonly Struck[]): readonly string[] {
  const names = [...new Set(struck.map(({ name }) => name))].sort();
  return names.map((name) => {
    const own = struck.filter((one) => one.name === name);
    const recoveries = own.map(({ recovery }) => recovery).toSorted((a, b) => a - b);
    const [median, longest] = [recoveries[Math.floor(recoveries.length / 2)] ?? 0, recoveries.at(-1) ?? 0];
    const lasted = own.map(({ seconds }) => seconds.toFixed(0)).join(", ");
    return `| ${name} | ${own.length} | ${lasted} | ${median.toFixed(1)}, ${longest.toFixed(1)} |`;
  });
}
