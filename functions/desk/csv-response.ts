import { header } from "#runtime/headers.ts";
import type { HttpRequest, HttpResponse } from "#runtime/http.ts";
import { inPieces } from "./in-pieces.ts";

/** Whether a caller asks for CSV by name; quality values apart. */
export function asksForCsv(request: Pick<HttpRequest, "headers">): boolean {
  const accepted = (header(request, "accept") ?? "").split(",");
  return accepted.some((one) => one.split(";")[0]?.trim().toLowerCase() === "text/csv");
}

/** Lines of CSV as a file to download, sent while they are read. */
export function csvResponse(fileName: string, lines: AsyncIterable<string>): HttpResponse {
  return {
    status: 200,
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "no-store",
    },
    body: "",
    rest: inPieces(lines),
  };
}
