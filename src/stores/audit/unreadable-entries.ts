import { type UnreadableDocuments, unreadableName } from "../unreadable-documents.ts";

/** For who reads the audit: how many entries are missing in what is shown, and where they are. */
export function unreadableEntries({ documents, named, problem }: UnreadableDocuments): string {
  const names = named.map(unreadableName).join(", ");
  const more = documents > named.length ? ` and ${documents - named.length} more` : "";
  const what = documents === 1 ? "An entry is damaged and not shown" : `${documents} entries are damaged and not shown`;
  return `${what}: ${names}${more}. The first: ${problem}.`;
}
