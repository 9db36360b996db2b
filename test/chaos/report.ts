import type { Flow, Tally } from "./flows.ts";
import type { Discrepancy } from "./ledger.ts";

export interface Struck {
  readonly name: string;
  /** Since the beginning, in seconds. */
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
  /** Dead letters that were sent again at the end. */
  readonly replayed: number;
  readonly discrepancies: readonly Discrepancy[];
  /** Users who were sent, and how many of them the last night scored. */
  readonly scored: number;
}

/** Whether every promise was kept. */
export function isKept({ discrepancies, flows, scored, users }: Outcome): boolean {
  return discrepancies.length === 0 && scored === users && flows.every(({ tally }) => tally.wrong.length === 0);
}

/** The report in Markdown. */
export function describe(outcome: Outcome): string {
  const { began, minutes, seed, struck, acknowledged, users, replayed, discrepancies, scored } = outcome;
  const worst = Math.max(0, ...struck.map(({ recovery }) => recovery));
  return `
\`npm run chaos -- --minutes ${minutes} --seed ${seed}\`, ${began.toISOString().slice(0, 16).replace("T", " ")} UTC:

| | |
| --- | --- |
| faults | ${struck.length} |
| actions that were acknowledged, each of ${users} senders' by name | ${count(acknowledged)} |
| events that became dead letters, and were sent again at the end (\`lapse dead-letters replay --all\`) | ${count(replayed)} |
| of the actions lost or stored twice | ${discrepancies.length === 0 ? "none" : discrepancies.map(lost).join("; ")} |
| senders' users whom the last night scored | ${scored} of ${users} |
| longest from the end of a fault until ingest and the predictor both answered 200 | ${worst.toFixed(1)} s |

| requests | good | failed, and repeated by the sender | wrong |
| --- | --- | --- | --- |
${byName(outcome.flows).map(flowRow).join("\n")}

Failures by their kind:

${byName(outcome.flows).flatMap(failureLines).join("\n")}

| fault | times | lasted, s | until both answered again, s (median, longest) |
| --- | --- | --- | --- |
${faultRows(struck).join("\n")}
`.trimStart();
}

function lost({ user, acknowledged, stored }: Discrepancy): string {
  return `${user}: ${acknowledged} acknowledged, ${stored} stored`;
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
  const failed = sum(({ failures }) => [...failures.values()].reduce((a, b) => a + b, 0));
  return `| ${name} | ${count(sum(({ good }) => good))} | ${count(failed)} | ${sum(({ wrong }) => wrong.length)} |`;
}

/** Each kind of failure once, with what differs from request to request left out. */
function failureLines([name, tallies]: readonly [string, readonly Tally[]]): readonly string[] {
  const kinds = new Map<string, number>();
  for (const { failures } of tallies)
    for (const [what, times] of failures) {
      const kind = what.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+(\.\d+){3}(:\d+)?/g, "…");
      kinds.set(kind, (kinds.get(kind) ?? 0) + times);
    }
  const sorted = [...kinds].toSorted((a, b) => b[1] - a[1]).slice(0, 8);
  return sorted.map(([kind, times]) => `- ${name}: ${count(times)} × \`${kind.replaceAll("`", "'")}\``);
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
