import { formatDay } from "#churn/day.ts";
import { risks } from "#churn/score.ts";
import type { ComparedSegments } from "#churn/segments/compare-rows.ts";
import { disagreements, movedOf, movesOf } from "#churn/segments/moves.ts";
import type { ModelComparison } from "#functions/desk/model/compare/compare-models.ts";
import { atRiskTable, qualityTable } from "#functions/desk/model/compare/comparison-tables.ts";
import { atRiskInWords } from "#pages/at-risk-in-words.ts";
import { formatCount, formatCounted, formatPercent, shareOf } from "#pages/format.ts";
import { learnedInWords } from "#pages/version-cells.ts";
import { textTable } from "../terminal/text-table.ts";

/** A comparison of two versions for the terminal. They are called A and B. */
export function describeComparison(comparison: ModelComparison): string {
  const { a, b } = comparison;
  return [
    `A is ${a.version}, learned up to: ${learnedInWords(a)}; B is ${b.version}, learned up to: ${learnedInWords(b)}.`,
    "",
    ...moves(comparison),
    "",
    ...shares(comparison),
    ...tested(comparison),
    "",
    ...served(comparison),
  ].join("\n");
}

function moves({ users, present, rules }: ModelComparison): string[] {
  const table = movesOf(users);
  const moved = movedOf(table);
  return [
    `Of ${formatCounted(users.length, "user")} who are here on ${formatDay(present)}, ${formatCount(moved)} (${formatPercent(shareOf(moved, users.length))}) are in another class of risk:`,
    `A: ${atRiskInWords(rules.a)}`,
    `B: ${atRiskInWords(rules.b)}`,
    textTable(
      ["", ...risks.map((risk) => `B ${risk}`)],
      risks.map((ofA) => [`A ${ofA}`, ...risks.map((ofB) => formatCount(table[ofA][ofB]))]),
    ),
    "",
    "Where the two disagree most, by odds:",
    textTable(
      ["User", "A", "B"],
      disagreements(users, 10).map(({ userId, a, b }) => [userId, formatPercent(a), formatPercent(b)]),
    ),
  ];
}

function shares(comparison: ModelComparison): string[] {
  const { head, rows } = atRiskTable(comparison);
  if (comparison.atRisk.length === 0) return ["Neither version has segments: both are older than these.", ""];
  return ["At risk, by segment:", textTable(head, rows), ""];
}

function tested({ tested: on }: ModelComparison): string[] {
  if (on === undefined)
    return [
      "There is no test snapshot after everything that both have learned from, so tests do not tell which is better.",
    ];
  const [first, last] = [on.snapshots[0] ?? 0, on.snapshots.at(-1) ?? 0];
  return [
    `Which is better where: the models that were judged, on ${formatCounted(on.snapshots.length, "test snapshot")} (${formatDay(first)} to ${formatDay(last)}) that neither had learned from.`,
    describeQuality(on.segments),
  ];
}

function served({ served: on }: ModelComparison): string[] {
  if (on === undefined)
    return [
      "The ledger has no night yet that both have scored and whose churn window has closed. The challenger scores in shadow every night from the night on that it became the challenger.",
    ];
  const first = on.nights[0] ?? 0;
  return [
    `As served, or in shadow: ${formatCounted(on.nights.length, "night")} that both have scored since ${formatDay(first)}.`,
    describeQuality(on.segments),
  ];
}

function describeQuality(compared: ComparedSegments): string {
  const { head, rows } = qualityTable(compared, signed);
  const aligned = head.map((_, column) => (column === 0 || column === head.length - 1 ? "left" : "right"));
  // Beside that of all.
  const segments = rows.length - 1;
  return `${textTable(head, rows, aligned)}\n(Of ${segments} segments with intervals of 95 % about one in twenty seems different by chance alone.)`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(4)}`;
}
