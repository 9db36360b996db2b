/**
 * A page in which no line breaks between a number and its unit: `95 %`, `1.4 points`, `12 s`, `× 3.06`. Fields, code and ids (in `bdi`)
 * stay as they are, as they may be copied or sent again; names in the text, such as those of campaigns, are shown as text is.
 */
export function keptTogether(page: string): string {
  return page.replace(numbersWithUnits, (part: string) => (part.endsWith(" ") ? `${part.slice(0, -1)}\u00a0` : part));
}

/** Elements that are left alone as a whole, tags with their attributes, and numbers before a unit; only the last end in a space. */
const numbersWithUnits =
  /<(style|textarea|bdi|pre|code)\b[\s\S]*?<\/\1>|<[^>]*>|\d (?=(?:[%×]|points?|days?|weeks?|hours?|min|s|ms)(?![\w-]))|× (?=[\d<&“])/g;
