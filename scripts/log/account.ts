import { formatCounted } from "#pages/format.ts";
import { oneLine } from "#pages/one-line.ts";

/** Lines that share a fate, with the first few of them. */
export interface Examples {
  readonly count: number;
  readonly first: readonly { readonly place: string; readonly text: string }[];
}

/** What became of every line of a log, before it is known which of its actions were stored already. */
export interface Account {
  /** What is counted: `lines`, `records` or `rows`. */
  readonly unit: string;
  /** By a count of its own. */
  readonly read: number;
  readonly notRecords: {
    readonly header: number;
    readonly preamble: number;
    readonly blank: number;
    readonly comment: number;
    readonly continued: number;
    readonly bracket: number;
  };
  /** By reason, the most frequent first. */
  readonly rejected: readonly (Examples & { readonly reason: string })[];
  /** Rows that are actions. */
  readonly actions: number;
  /** Those that repeat another row of the log: they are known already once that is stored. */
  readonly copies: number;
  /** Actions whose value could not be read and was left out. */
  readonly unreadValues: Examples;
}

export function rejectedOf({ rejected }: Pick<Account, "rejected">): number {
  return rejected.reduce((sum, { count }) => sum + count, 0);
}

/** Lines that are accounted for by nothing; anything but 0 is a defect. */
export function unexplainedOf({ read, notRecords, actions, ...others }: Account): number {
  return read - actions - rejectedOf(others) - Object.values(notRecords).reduce((sum, count) => sum + count, 0);
}

export interface Stored {
  readonly created: number;
  readonly duplicates: number;
  /** Refused by the store or by the server. */
  readonly refused: number;
}

/** `15,716 lines`, `1 line` */
export function countedUnit({ read, unit }: Pick<Account, "read" | "unit">): string {
  return formatCounted(read, unit.replace(/s$/, ""), unit);
}

/** The sum in words: `15,716 lines read = 15,713 stored + 0 known already + 2 rejected + 1 header`. */
export function describeSum(account: Account, { created, duplicates, refused }: Stored): string {
  const { read, notRecords } = account;
  const unexplained = read - created - duplicates - refused - rejectedOf(account) - sum(Object.values(notRecords));
  const parts = [
    `${number(created)} stored`,
    `${number(duplicates)} known already`,
    `${number(rejectedOf(account) + refused)} rejected`,
    ...Object.entries(notRecords).flatMap(([kind, count]) =>
      count === 0 ? [] : [`${number(count)} ${notRecordNames.get(kind) ?? kind}`],
    ),
    ...(unexplained === 0 ? [] : [`${number(unexplained)} unexplained`]),
  ];
  return `${countedUnit(account)} read = ${parts.join(" + ")}`;
}

const notRecordNames = new Map([
  ["header", "header"],
  ["preamble", "before the header"],
  ["blank", "blank"],
  ["comment", "comments"],
  ["continued", "within a row above"],
  ["bracket", "brackets around the rows"],
]);

/** The first few lines of each reason; empty where nothing was rejected. */
export function describeRejected({ rejected, unreadValues }: Pick<Account, "rejected" | "unreadValues">): string {
  const groups = [
    ...rejected,
    ...(unreadValues.count === 0 ? [] : [{ ...unreadValues, reason: "the value is not a number; stored without it" }]),
  ];
  return groups
    .flatMap(({ reason, count, first }) => [
      `  ${number(count)} ${count === 1 ? "line" : "lines"}: ${reason}`,
      ...first.map(({ place, text }) => `    ${place}: ${shown(text)}`),
    ])
    .join("\n");
}

/** A line as it is shown: with what a terminal would not show in sight, as it may be what is wrong. */
function shown(text: string): string {
  const visible = text.replace(/\p{Cc}/gu, (character) =>
    character === "\t" ? "\\t" : character === "\n" ? "\\n" : "·",
  );
  return oneLine(visible, 120);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function number(count: number): string {
  return count.toLocaleString("en");
}
