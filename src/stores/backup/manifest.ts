import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { jsonText } from "#churn/json-text.ts";

/** Raised when a backup is laid out so that earlier programs cannot restore it. */
const format = 2;

/** A file of a backup. */
const backupFile = z.object({
  /** With `/` between folders; none may lead out of the backup. */
  name: z.string().regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[^/\\\0][^\\\0]*[^/\\\0]$/),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupFile = z.infer<typeof backupFile>;

const manifest = z.object({
  format: z.int().min(1),
  /** The version of lapse that made it. */
  lapse: z.string(),
  /** Everything that was acknowledged before this moment is in it. */
  takenAt: z.iso.datetime(),
  /** Where actions and all that is about users were kept. */
  data: z.enum(["duckdb", "elasticsearch"]),
  /** Where model versions were kept. */
  models: z.enum(["directory", "minio"]),
  /** How much of each kind there is, such as actions. */
  contents: z.record(z.string(), z.int().min(0)),
  files: z.array(backupFile),
  /** The snapshot that has the documents of Elasticsearch, if they are not among the files. */
  snapshot: z.object({ repository: z.string(), name: z.string(), prefix: z.string() }).optional(),
});
/** What a backup holds: the file that is written last, and without which it is none. */
export type BackupManifest = z.infer<typeof manifest>;

export const manifestName = "backup.json";

export function manifestText(content: Omit<BackupManifest, "format">): string {
  return `${JSON.stringify({ format, ...content }, undefined, 2)}\n`;
}

/** Throws InvalidInput if it is not the manifest of a backup, or if a later lapse has made it. */
export function parseBackupManifest(text: string, place: string): BackupManifest {
  const known = jsonText(z.object({ format: z.int() })).safeParse(text);
  if (known.success && known.data.format > format)
    throw new InvalidInput(
      `${place} was made by a later lapse (format ${known.data.format}): restore it with that one.`,
    );
  const parsed = jsonText(manifest).safeParse(text);
  if (!parsed.success)
    throw new InvalidInput(`${place} is damaged: ${manifestName} is not what lapse wrote.`, { cause: parsed.error });
  return parsed.data;
}
