/** A text as one word for a POSIX shell, in lines that are to be pasted. */
export function inShell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
