import { plainJson } from "#churn/intake/lenient-json.ts";

export interface Salvaged {
  /** Each as it is written. An object that is broken stands among them, and takes none of the others with it. */
  readonly records: readonly string[];
  /** How many objects stand in other arrays beside these records. */
  readonly others: number;
}

/**
 * The records of JSON that is broken somewhere: the objects of the array that takes up most of it, or those that stand one
 * after another. Undefined where so much is broken that to take it apart would take too long.
 */
export function salvaged(text: string): Salvaged | undefined {
  const [outermost = [], ...arrays] = objectsByArray(text);
  // Beside an array, objects that seem to stand by themselves are there for a bracket too many.
  const areOneByOne = outermost.length > 1 && !text.trimStart().startsWith("[");
  const spans = areOneByOne ? outermost : arrays.reduce((best, own) => (sizeOf(own) > sizeOf(best) ? own : best), []);
  const read = recordsOf(text, spans);
  if (read === undefined) return undefined;
  const { records, end } = read;
  const from = spans[0]?.start ?? 0;
  const beside = arrays.filter(([first]) => first !== undefined && (first.start < from || first.start > end));
  const others = areOneByOne ? 0 : withoutNested(beside).reduce((sum, own) => sum + own.length, 0);
  return { records, others };
}

/** The arrays that stand in no object of another one. */
function withoutNested(arrays: readonly (readonly Span[])[]): (readonly Span[])[] {
  let end = 0;
  return arrays
    .toSorted(([a], [b]) => (a?.start ?? 0) - (b?.start ?? 0))
    .filter((own) => {
      const isNested = (own[0]?.start ?? 0) < end;
      if (!isNested) end = own.at(-1)?.end ?? end;
      return !isNested;
    });
}

/** What stands in these places, and how far the text has been read for it. */
function recordsOf(
  text: string,
  spans: readonly Span[],
): { readonly records: readonly string[]; readonly end: number } | undefined {
  const own = spans.map(({ start, end }) => text.slice(start, end));
  const firstKey = own
    .map((record) => /^\{\s*("(?:[^"\\]|\\.){0,1000}")\s*:/.exec(record)?.[1])
    .find((key) => key !== undefined);
  let readTo = spans.at(-1)?.end ?? text.length;
  if (firstKey === undefined) return { records: own, end: readTo };
  const start = new RegExp(`(?<=[\\[{},\\s])(?=\\{\\s*${firstKey.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&")}\\s*:)`);
  const isAlike = likeness(own);
  // An object that does not end holds those that follow it; one that seems to end too early is followed by what it has lost.
  const effort: Effort = { left: Math.max(leastEffort, mostLooks * text.length) };
  const records = own.flatMap((record, at) => {
    const { end = 0 } = spans[at] ?? {};
    const next = spans[at + 1];
    const behind = text.slice(end, next?.start);
    const isRest = next === undefined ? !isObject(record) || start.test(behind) : !/^[,\s]*$/.test(behind);
    if (!isRest && isObject(record)) return next === undefined ? [record, ...lostBehind(behind)] : [record];
    if (isRest && next === undefined) readTo = text.length;
    return apart(`${record}${isRest ? behind : ""}`.split(start), isAlike, effort);
  });
  return effort.left > 0 ? { records, end: readTo } : undefined;
}

/** What stands behind the last record as if it were one more; what ends their array, and follows it, is none. */
function lostBehind(behind: string): string[] {
  const rest = behind.replace(/^[,\s]+/, "").trimEnd();
  return rest === "" || /^[\]}]/.test(rest) ? [] : [rest];
}

/** Whether an object has most of the keys of the first that can be read: those within records have others. */
function likeness(records: readonly string[]): (object: object) => boolean {
  const known = records
    .slice(0, 1_000)
    .map(objectOf)
    .find((object) => object !== undefined);
  if (known === undefined) return () => true;
  const keys = Object.keys(known);
  return (object) => 2 * keys.filter((key) => Object.hasOwn(object, key)).length > keys.length;
}

/** How much of a text is still looked at again: one that is broken everywhere would take the square of its length. */
interface Effort {
  left: number;
}

/** How many times a text is looked at, at most; a short one may be looked at more often. */
const mostLooks = 8;
const leastEffort = 4 * 1024 ** 2;

/** Records from pieces that each begin as a record does, though some are of objects within a record. */
function apart(pieces: readonly string[], isAlike: (object: object) => boolean, effort: Effort): string[] {
  const records: string[] = [];
  let broken: string[] = [];
  let depth = new Depth();
  const endBroken = () => {
    if (broken.length > 0) records.push(withoutRest(broken.join("")));
    broken = [];
    depth = new Depth();
  };
  for (let at = 0; at < pieces.length && effort.left > 0; at++) {
    const found = firstObject(pieces, at, effort);
    if (found !== undefined && isAlike(found.object)) {
      endBroken();
      records.push(found.text);
      at = found.last;
    } else {
      const piece = pieces[at] ?? "";
      // An object of other keys, or one that stands deeper than a record, is a part of the broken one.
      if (depth.now < 2 && found?.last !== at) endBroken();
      broken.push(piece);
      depth.add(piece);
      effort.left -= piece.length;
    }
  }
  endBroken();
  return records;
}

interface Found {
  readonly text: string;
  readonly object: object;
  /** The last piece that it is made of. */
  readonly last: number;
}

/** The object with which a piece begins and which ends with one of the next pieces, if all of it can be read. */
function firstObject(pieces: readonly string[], at: number, effort: Effort): Found | undefined {
  const depth = new Depth();
  const end = Math.min(pieces.length, at + mostPieces);
  for (let last = at; last < end && effort.left > 0; last++) {
    const piece = pieces[last] ?? "";
    depth.add(piece);
    effort.left -= piece.length;
    // Where no bracket is open any more, nothing that follows makes it whole.
    if (!depth.hasClosed) continue;
    const joined = pieces.slice(at, last + 1).join("");
    effort.left -= joined.length;
    const text = withoutRest(joined);
    const object = objectOf(text);
    return object && { text, object, last };
  }
  return undefined;
}

/** How many objects within a record begin as the record does, at most. */
const mostPieces = 50;

/** How many brackets are open behind texts that follow each other. */
class Depth {
  now = 0;
  /** Whether a bracket has been the last one open. */
  hasClosed = false;
  readonly #brackets = new Brackets();

  add(text: string): void {
    for (const { isOpening } of this.#brackets.in(text)) {
      if (isOpening) this.now += 1;
      else {
        if (this.now <= 1) this.hasClosed = true;
        this.now = Math.max(0, this.now - 1);
      }
    }
  }
}

/** Whether a text is an object of JSON, as some programs write it. */
export function isObject(text: string): boolean {
  return objectOf(text) !== undefined;
}

function objectOf(text: string): object | undefined {
  return plainObject(text) ?? plainObject(plainJson(text));
}

function plainObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A record without what stands between it and the next one, or behind the last. */
function withoutRest(text: string): string {
  const bare = text.trim().replace(/,$/, "").trimEnd();
  if (isObject(bare)) return bare;
  const [own] = objectsByArray(bare)[0] ?? [];
  const object = own === undefined ? bare : bare.slice(own.start, own.end);
  return isObject(object) && betweenRecords.test(bare.slice(object.length)) ? object : bare;
}

/** Brackets, and behind one that ends the array the beginning of another one. */
const betweenRecords = /^(?:[\]},\s]*|[,\s]*\](?:[\]},\s]|"(?:[^"\\\n]|\\.){0,1000}"\s*:\s*[[{])*)$/;

interface Span {
  readonly start: number;
  readonly end: number;
}

function sizeOf(spans: readonly Span[]): number {
  return spans.reduce((size, { start, end }) => size + end - start, 0);
}

/** Where the objects are that stand in no array or object, and then those of each array. What does not close ends with the text. */
function objectsByArray(text: string): Span[][] {
  const outermost: Span[] = [];
  const arrays = [outermost];
  const open: { readonly start: number; readonly within: Span[] | undefined; readonly own: Span[] | undefined }[] = [];
  for (const { at, isOpening, isObject } of new Brackets().in(text)) {
    if (isOpening) {
      const top = open.at(-1);
      const within = top === undefined ? outermost : top.own;
      const own: Span[] | undefined = isObject ? undefined : [];
      if (own !== undefined) arrays.push(own);
      open.push({ start: at, within: isObject ? within : undefined, own });
    } else {
      const ended = open.pop();
      ended?.within?.push({ start: ended.start, end: at + 1 });
    }
  }
  for (const { start, within } of open.reverse()) within?.push({ start, end: text.length });
  return arrays.map((spans) => spans.sort((a, b) => a.start - b.start));
}

interface Bracket {
  readonly at: number;
  readonly isOpening: boolean;
  readonly isObject: boolean;
}

/**
 * The brackets that stand in no string, in texts that follow each other, of which one may end within a string. No string runs over a
 * line: one that seems to has lost its end. By hand, as a pattern keeps a place to go back to for every character of a string.
 */
class Brackets {
  #isInString = false;
  #isEscaped = false;

  *in(text: string): Generator<Bracket> {
    for (let at = 0; at < text.length; at++) {
      const character = text.charCodeAt(at);
      if (this.#isInString) {
        if (character === codes.lineFeed || (character === codes.quote && !this.#isEscaped)) this.#isInString = false;
        this.#isEscaped = character === codes.backslash && !this.#isEscaped;
      } else if (character === codes.quote) {
        this.#isInString = true;
        this.#isEscaped = false;
      } else {
        const isObject = character === codes.brace || character === codes.closingBrace;
        const isOpening = character === codes.brace || character === codes.bracket;
        if (isObject || isOpening || character === codes.closingBracket) yield { at, isOpening, isObject };
      }
    }
  }
}

const codes = {
  lineFeed: 10,
  quote: 34,
  bracket: 91,
  backslash: 92,
  closingBracket: 93,
  brace: 123,
  closingBrace: 125,
} as const;
