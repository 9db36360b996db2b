/**
 * A text that others chose, in one line of at most `most` characters: on a terminal it must neither draw, nor turn the order of
 * what follows, nor pass for a line of ours.
 */
export function oneLine(text: string, most: number): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ");
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
