/**
 * JSON as some programs write it: Python's NaN and Infinity, and a comma before a closing bracket or at the end. Outside of
 * strings these become null, a number beyond all others, and nothing; all else stays as it is. Files are read by the same rule:
 * DuckDB takes them all, save the comma at the end.
 */
export function plainJson(text: string): string {
  const tokens = new RegExp(token);
  let plain = "";
  let from = 0;
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    const [found] = match;
    if (found === '"') tokens.lastIndex = endOfString(text, match.index + 1);
    else {
      plain += text.slice(from, match.index) + plainToken(found);
      from = tokens.lastIndex;
    }
  }
  return plain + text.slice(from);
}

/** A quote, behind which nothing is looked for until its string ends; then what is to be changed. */
const token = /"|,(?=\s*(?:[}\]]|$))|(?<![A-Za-z0-9_])-?(?:nan|inf(?:inity)?)(?![A-Za-z0-9_])/gi;

/**
 * The place behind a string: that of the text, if it does not end. By hand, as a pattern of a whole string keeps a place to go back
 * to for every character, of which a long one has too many.
 */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === quote) return at + 1;
    if (character === backslash) at += 1;
  }
  return text.length;
}

const quote = 34;
const backslash = 92;

function plainToken(found: string): string {
  if (found === ",") return "";
  if (/nan/i.test(found)) return "null";
  return found.startsWith("-") ? "-1e999" : "1e999";
}
