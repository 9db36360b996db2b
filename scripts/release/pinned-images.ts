import { parseDocument, YAMLMap, YAMLSeq } from "yaml";

/** An image in a registry, by the digest that a release has built. */
export interface ReleasedImage {
  /** Without tag and digest: `ghcr.io/example/lapse`. */
  readonly name: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

/** Reads NAME@DIGEST; undefined if the text is no such thing. */
export function parseImage(text: string): ReleasedImage | undefined {
  const [, name, digest] = /^([a-z0-9][a-z0-9._/:-]*)@(sha256:[0-9a-f]{64})$/.exec(text) ?? [];
  return name === undefined || digest === undefined ? undefined : { name, digest };
}

/**
 * A kustomization.yaml whose image `lapse` is the released one: the digest stands beside its tag, which is in deploy/images, and the
 * name replaces that of another registry, which overlays have. Comments stay. What has no such image is returned as it is.
 */
export function withPinnedImage(text: string, { name, digest }: ReleasedImage): string {
  const document = parseDocument(text);
  const images = document.get("images");
  const image = images instanceof YAMLSeq ? images.items.find((item) => isLapse(item)) : undefined;
  if (!(image instanceof YAMLMap)) return text;
  if (image.has("newTag")) image.set("digest", digest);
  if (image.has("newName")) image.set("newName", name);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function isLapse(item: unknown): boolean {
  return item instanceof YAMLMap && item.get("name") === "lapse";
}
