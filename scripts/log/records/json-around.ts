import { literal } from "../sql/literal.ts";

/**
 * What stands around the object of a line: nothing, the commas and brackets of an array, text before it, or text with the time that the
 * object does not have, as `docker logs -t`, `kubectl logs --timestamps` and most loggers write it.
 */
export type Around = "nothing" | "array" | "text" | "time";

/** Text before an object with a time in it, behind which no field of a table ends. */
export const timeBefore =
  /^(?:[^{]*[\s[|])?([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)(?:[\s\]][^{,;|]*)?\s$/;

// Files that were put together have marks of their encoding within, and a sequence of JSON texts (RFC 7464) a mark before each.
const unmarked =
  "CASE WHEN starts_with(l, chr(65279)) OR starts_with(l, chr(30)) THEN ltrim(l, concat(chr(65279), chr(30))) ELSE l END";
const before = "substr(l, 1, strpos(l, '{') - 1)";
const members = "substr(l, strpos(l, '{') + 1)";

/** SQL for the object of the line `l`; the time before it is its `time`. */
export const objectSql: Readonly<Record<Around, string>> = {
  // One comma behind an object, as over HTTP; what is cut off is shown as it stands.
  nothing: `CASE WHEN ends_with(l, '}') THEN ${unmarked} ELSE regexp_replace(${unmarked}, '\\}[ \\t\\r\\n]*,[ \\t\\r\\n]*$', '}') END`,
  array: `regexp_replace(${unmarked}, '^[\\[,\\s]*(\\{.*\\})[\\],\\s]*$', '\\1')`,
  text: "CASE WHEN contains(l, '{') THEN substr(l, strpos(l, '{')) ELSE l END",
  time: `CASE WHEN contains(l, '{') THEN concat('{"time":"', regexp_extract(${before}, ${literal(timeBefore.source)}, 1), '"',
    CASE WHEN starts_with(ltrim(${members}), '}') THEN '' ELSE ',' END, ${members}) ELSE l END`,
};

/** What is said of the text that stands around objects. */
export const aroundNotes: Readonly<Record<Around, readonly string[]>> = {
  nothing: [],
  array: [],
  text: ["Each line is read from its first { on; the text before it is left out."],
  time: ["Each line is read from its first { on, with the time before it as time; other text before it is left out."],
};
