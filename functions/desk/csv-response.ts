import { header } from "#runtime/headers.ts";
import type { HttpRequest, HttpResponse } from "#runtime/http.ts";

/** Whether a caller asks for CSV by name; quality values apart. */
export function asksForCsv(request: Pick<HttpRequest, "headers">): boolean {
  const accepted = (header(request, "accept") ?? "").split(",");
  return accepted.some((one) => one.split(";")[0]?.trim().toLowerCase() === "text/csv");
}

/** Lines of CSV as a file to download, sent while they are read: no more than a piece is held at a time. */
export function csvResponse(fileName: string, lines: AsyncIterable<string>): HttpResponse {
  return {
    status: 200,
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "no-store",
    },
    body: "",
    rest: pieces(lines),
  };
}

/** Characters in a piece, about. */
const pieceLength = 65_536;

async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = "";
  for await (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}
