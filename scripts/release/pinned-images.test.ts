import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseImage, withPinnedImage } from "./pinned-images.ts";

const image = { name: "ghcr.io/example/lapse", digest: `sha256:${"0a".repeat(32)}` };

describe("withPinnedImage", () => {
  it("puts the digest beside the tag of lapse, and leaves other images and comments alone", async () => {
    const text = await readFile("deploy/images/kustomization.yaml", "utf8");
    const pinned = withPinnedImage(text, image);
    const [before, after] = [parse(text).images, parse(pinned).images];
    expect(after[0]).toEqual({ ...before[0], digest: image.digest });
    expect(after.slice(1)).toEqual(before.slice(1));
    for (const { digest } of after) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(pinned.match(/^ *#.*$/gm)).toEqual(text.match(/^ *#.*$/gm));
  });

  it.each(["trial", "production"])("names the registry in deploy/%s, and changes nothing else", async (overlay) => {
    const text = await readFile(`deploy/${overlay}/kustomization.yaml`, "utf8");
    const { images: _, ...before } = parse(text);
    const { images, ...after } = parse(withPinnedImage(text, image));
    expect(images).toEqual([{ name: "lapse", newName: image.name }]);
    expect(after).toEqual(before);
  });

  it("leaves what has no image of lapse as it is", async () => {
    const text = await readFile("deploy/keys/kustomization.yaml", "utf8");
    expect(withPinnedImage(text, image)).toBe(text);
  });
});

it("an image is a name and a digest", () => {
  expect(parseImage(`${image.name}@${image.digest}`)).toEqual(image);
  for (const text of ["ghcr.io/example/lapse:0.2.0", `@${image.digest}`, `Ghcr.io/x@${image.digest}`, "x@sha256:0a"])
    expect(parseImage(text)).toBeUndefined();
});
