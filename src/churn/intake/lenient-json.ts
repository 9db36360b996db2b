/**
 * JSON as some programs write it: Python's NaN and Infinity, and a comma before a closing bracket or at the end. Outside of
 * strings these become null, a text that is no number, and nothing; all else stays as it is. Files are read by the same rule:
 * DuckDB takes them all, save the comma at the end.
 */
export function plainJson(text: string): string {
  return text.replace(token, (found) => {
    if (found.startsWith('"')) return found;
    if (found.startsWith(",")) return found.slice(1);
    return /nan/i.test(found) ? "null" : '"Infinity"';
  });
}

/**
 * A string as a whole, in which nothing is looked for; then what is to be changed. A string that does not end goes on to the end of
 * the text: if it were no match, every quote within would be tried as a beginning, which takes the square of the time.
 */
const token =
  /"(?:[^"\\]|\\.?)*(?:"|$)|,(?=\s*(?:[}\]]|$))|(?<![A-Za-z0-9_])-?(?:nan|inf(?:inity)?)(?![A-Za-z0-9_])/gis;
