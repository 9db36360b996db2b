import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import type { MinioObjects } from "../../connections/minio/objects.ts";
import { CorruptModel, VersionExists } from "../failures.ts";
import { checkSum, parseManifest, type VersionFile, versionFiles } from "../version-files.ts";

type Files = Record<VersionFile, Uint8Array>;

/** The keys of a version's objects. */
export interface VersionKeys {
  readonly file: (file: VersionFile) => string;
  readonly draft: string;
}

/**
 * Stores the files of a version; model.json comes last and makes it a version. As S3 creates one object at a time, all
 * files are first written together as one draft, which only one publisher can create. A publisher that finds a draft,
 * whose own was killed or is still at work, stores the files of the draft instead of its own: no version mixes files of
 * two publishers, and none stays incomplete. Throws VersionExists if there is a version of that name, or another
 * publisher's draft.
 */
export async function publishFiles(objects: MinioObjects, version: string, files: Files, keys: VersionKeys) {
  if ((await objects.read(keys.file("model.json"))) !== undefined) throw versionExists(version);
  const mine = draftOf(files);
  const isFirst = (await objects.create(keys.draft, mine)) !== undefined;
  const draft = isFirst ? mine : await readDraft(objects, keys.draft);
  const isMine = mine.equals(draft);
  const drafted = isMine ? files : parseDraft(version, draft);
  for (const file of versionFiles) await createOnce(objects, keys.file(file), drafted[file]);
  if (!isMine) throw versionExists(version);
}

function draftOf(files: Files): Buffer {
  const entries = versionFiles.map((file) => [file, Buffer.from(files[file]).toString("base64")]);
  return Buffer.from(JSON.stringify(Object.fromEntries(entries)));
}

async function readDraft(objects: MinioObjects, key: string): Promise<Buffer> {
  const draft = await objects.read(key);
  if (draft === undefined) throw new CorruptModel(`${key} was removed while a version was published from it`);
  return draft.content;
}

function parseDraft(version: string, draft: Buffer): Files {
  const parsed = jsonText(draftSchema).safeParse(draft.toString("utf8"));
  if (!parsed.success) throw new CorruptModel(`The draft of version ${version} is damaged`, { cause: parsed.error });
  const files = parsed.data;
  checkSum(parseManifest(version, files["model.json"].toString("utf8")), files["model.onnx"]);
  return files;
}

const bytes = z.base64().transform((text) => Buffer.from(text, "base64"));
const draftSchema = z.object({ "model.onnx": bytes, "report.html": bytes, "model.json": bytes });

/** Creates an object, or finds it with the same content if another publisher of the same draft was faster. */
async function createOnce(objects: MinioObjects, key: string, content: Uint8Array): Promise<void> {
  if ((await objects.create(key, content)) !== undefined) return;
  const found = await objects.read(key);
  if (found?.content.equals(content)) return;
  throw new VersionExists(`Could not publish: there is another ${key} already, and nothing is ever overwritten`);
}

function versionExists(version: string): VersionExists {
  return new VersionExists(`Could not publish ${version}: there is a model version of that name`);
}
