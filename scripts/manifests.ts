import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseImage, withPinnedImage } from "./release/pinned-images.ts";

// npm run manifests IMAGE@DIGEST: what a release has to be applied to a cluster, in dist/manifests, with lapse's own image by its
// digest as all others are, so that a tag that was moved is never run.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "dist", "manifests");

const image = parseImage(process.argv[2] ?? "");
if (image === undefined) {
  console.error("Name the image: npm run manifests REGISTRY/lapse@sha256:…");
  process.exit(2);
}
await rm(folder, { recursive: true, force: true });
for (const part of ["deploy", "knative", "kserve"])
  await cp(join(root, part), join(folder, part), { recursive: true, filter: (path) => !path.endsWith(".ts") });
for (const name of await readdir(join(folder, "deploy"), { recursive: true })) {
  if (!name.endsWith("kustomization.yaml")) continue;
  const path = join(folder, "deploy", name);
  const text = await readFile(path, "utf8");
  const pinned = withPinnedImage(text, image);
  if (pinned !== text) await writeFile(path, pinned);
}
