import { plainJson } from "#churn/intake/lenient-json.ts";

/**
 * The records of JSON that is broken somewhere: the objects of the array that takes up most of it, or those that stand one
 * after another, each as it is written. An object that is broken stands among them, and takes none of the others with it.
 */
export function salvaged(text: string): string[] {
  const [outermost = [], ...arrays] = objectsByArray(text);
  // Beside an array, objects that seem to stand by themselves are there for a bracket too many.
  const areOneByOne = outermost.length > 1 && !text.trimStart().startsWith("[");
  const spans = areOneByOne ? outermost : arrays.reduce((best, own) => (sizeOf(own) > sizeOf(best) ? own : best), []);
  const own = spans.map(({ start, end }) => text.slice(start, end));
  const firstKey = own
    .map((record) => /^\{\s*("(?:[^"\\]|\\.)*")\s*:/.exec(record)?.[1])
    .find((key) => key !== undefined);
  if (firstKey === undefined) return own;
  const start = new RegExp(`(?<=[\\[{},\\s])(?=\\{\\s*${firstKey.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&")}\\s*:)`);
  const isAlike = likeness(own);
  // An object that does not end holds those that follow it; one that seems to end too early is followed by what it has lost.
  return own.flatMap((record, at) => {
    const { end = 0 } = spans[at] ?? {};
    const next = spans[at + 1];
    const behind = text.slice(end, next?.start);
    const isRest = next === undefined ? !isObject(record) || start.test(behind) : !/^[,\s]*$/.test(behind);
    if (!isRest && isObject(record)) return [record];
    return apart(`${record}${isRest ? behind : ""}`.split(start), isAlike);
  });
}

/** Whether an object has most of the keys of the first that can be read: those within records have others. */
function likeness(records: readonly string[]): (text: string) => boolean {
  const known = records.slice(0, 1_000).find(isObject);
  if (known === undefined) return isObject;
  const keys = keysOf(known);
  return (text) => {
    if (!isObject(text)) return false;
    const own = new Set(keysOf(text));
    return 2 * keys.filter((key) => own.has(key)).length > keys.length;
  };
}

function keysOf(text: string): string[] {
  const value: unknown = JSON.parse(isPlainObject(text) ? text : plainJson(text));
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** Records from pieces that each begin as a record does, though some are of objects within a record. */
function apart(pieces: readonly string[], isAlike: (text: string) => boolean): string[] {
  const records: string[] = [];
  let broken = "";
  const endBroken = () => {
    if (broken !== "") records.push(withoutRest(broken));
    broken = "";
  };
  for (let at = 0; at < pieces.length; at++) {
    let joined = "";
    let whole: string | undefined;
    for (let last = at; last < Math.min(pieces.length, at + mostPieces) && whole === undefined; last++) {
      joined += pieces[last] ?? "";
      const bare = withoutRest(joined);
      if (!isAlike(bare)) continue;
      whole = bare;
      at = last;
    }
    if (whole !== undefined) {
      endBroken();
      records.push(whole);
    } else {
      const piece = pieces[at] ?? "";
      // An object of other keys, or one that stands deeper than a record, is a part of the broken one.
      if (depthOf(broken) < 2 && !isObject(withoutRest(piece))) endBroken();
      broken += piece;
    }
  }
  endBroken();
  return records;
}

/** How many objects within a record begin as the record does, at most. */
const mostPieces = 50;

/** How many brackets a text leaves open. */
function depthOf(text: string): number {
  let depth = 0;
  for (const { isOpening } of bracketsOf(text)) depth = Math.max(0, depth + (isOpening ? 1 : -1));
  return depth;
}

/** Whether a text is an object of JSON, as some programs write it. */
export function isObject(text: string): boolean {
  return isPlainObject(text) || isPlainObject(plainJson(text));
}

function isPlainObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** A record without what stands between it and the next one, or behind the last. */
function withoutRest(text: string): string {
  const bare = text.trim().replace(/,$/, "").trimEnd();
  if (isObject(bare)) return bare;
  const [own] = objectsByArray(bare)[0] ?? [];
  const object = own === undefined ? bare : bare.slice(own.start, own.end);
  return isObject(object) && /^[\]},\s]*$/.test(bare.slice(object.length)) ? object : bare;
}

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
  for (const { at, isOpening, isObject } of bracketsOf(text)) {
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

/** Every bracket that stands in no string. No string runs over a line: one that seems to has lost its end. */
function* bracketsOf(text: string): Generator<Bracket> {
  for (const { 0: token, index: at } of text.matchAll(/"(?:[^"\\\n]|\\.)*(?:"|\n|$)|[[\]{}]/g))
    if (!token.startsWith('"')) yield { at, isOpening: /[[{]/.test(token), isObject: /[{}]/.test(token) };
}
