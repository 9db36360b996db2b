/** How the numbers of a column are written. */
export interface NumberFormat {
  readonly decimal: "point" | "comma";
  /** NaN for what is not a number. */
  readonly parse: (text: string) => number;
}

const withPoint: NumberFormat = { decimal: "point", parse: (text) => (text === "" ? Number.NaN : Number(text)) };

const withComma: NumberFormat = {
  decimal: "comma",
  parse: (text) => (isWithComma(text) ? Number(text.replaceAll(".", "").replace(",", ".")) : Number.NaN),
};

/**
 * How the numbers of a column are written, by its first values: with a decimal comma (4,33 or 1.234,56) if one of them
 * can be nothing else and none can only be read with a point. 1,234 may be either, and decides nothing. A comma that
 * also delimits fields is never taken for a decimal one.
 */
export function numberFormatOf(values: readonly string[], delimiter: string | undefined): NumberFormat {
  if (delimiter === undefined || delimiter === ",") return withPoint;
  const isComma = values.some(isOnlyWithComma) && values.every((text) => isWithComma(text) || !isNumber(text));
  return isComma ? withComma : withPoint;
}

/** Digits, with points between groups of three or none, and a decimal comma or none. */
function isWithComma(text: string): boolean {
  return /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$/.test(text);
}

function isOnlyWithComma(text: string): boolean {
  const isGrouped = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+$/.test(text);
  return text.includes(",") && isWithComma(text) && !isGrouped;
}

function isNumber(text: string): boolean {
  return Number.isFinite(withPoint.parse(text));
}
