import * as z from "zod";
import { type Failure, InvalidInput, NotFound } from "#churn/failure.ts";

/** What is said of a file that the command line names and that cannot be read, by the error of the operating system. */
export function unreadableFile(path: string, error: unknown): Failure {
  const { code } = z
    .object({ code: z.string().default("unknown error") })
    .catch({ code: "unknown error" })
    .parse(error);
  if (code === "ENOENT" || code === "ENOTDIR") return new NotFound(`Cannot read ${path}: there is no such file.`);
  const why = code === "EACCES" ? "permission denied" : code === "EISDIR" ? "it is a folder" : code;
  return new InvalidInput(`Cannot read ${path}: ${why}.`, { cause: error });
}
