import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFile(join(root, file), "utf8");
const digest = /^sha256:[0-9a-f]{64}$/;

const kustomizationSchema = z.looseObject({
  components: z.array(z.string()).default([]),
  images: z.array(z.object({ name: z.string() }).catchall(z.string())).default([]),
});

/** The manifests and kustomizations of what `kubectl apply -k` of a folder in deploy/ may render. */
const files = (
  await Promise.all(
    ["deploy", "knative", "kserve"].map(async (folder) =>
      (
        await readdir(join(root, folder), { recursive: true })
      )
        .filter((name) => name.endsWith(".yaml"))
        .map((name) => join(folder, name)),
    ),
  )
).flat();

async function kustomization(folder: string) {
  return kustomizationSchema.parse(parse(await read(`${folder}/kustomization.yaml`)));
}

describe("an image that is not lapse's own is named by its digest", () => {
  it("in deploy/images, for every one that a manifest or a patch names", async () => {
    const { images } = await kustomization("deploy/images");
    const digests = new Map(images.map(({ name, digest }) => [name, digest]));
    const named = new Set<string>();
    for (const file of files)
      for (const [, image = ""] of (await read(file)).matchAll(/^[^#\n]*\bimage: *(\S+)/gm)) named.add(image);
    expect(named.delete("lapse")).toBe(true);
    expect(named.size).toBeGreaterThan(2);
    for (const image of named) expect(digests.get(image), image).toMatch(digest);
  });

  it.each(["deploy/trial", "deploy/production"])(
    "in %s, which has them from there and sets no other",
    async (overlay) => {
      const { components, images } = await kustomization(overlay);
      // After it no component adds a container.
      expect(components.at(-1)).toBe("../images");
      expect(images.map(({ name }) => name)).toEqual(["lapse"]);
    },
  );

  it("and no other kustomization sets any", async () => {
    const setting: string[] = [];
    for (const file of files)
      if (file.endsWith("kustomization.yaml") && /^images:/m.test(await read(file))) setting.push(file);
    expect(setting.sort()).toEqual(
      ["images", "production", "trial"].map((folder) => `deploy/${folder}/kustomization.yaml`),
    );
  });
});

const elasticSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  spec: z.looseObject({ type: z.string().optional(), version: z.string(), image: z.string() }),
});

describe("an image beside lapse", () => {
  it("in observability/ is named by its digest", async () => {
    const names = (await readdir(join(root, "observability"), { recursive: true })).filter((name) =>
      name.endsWith(".yaml"),
    );
    const texts = await Promise.all(names.map((name) => read(`observability/${name}`)));
    const named = texts.flatMap((text) => [...text.matchAll(/^[^#\n]*\bimage: *(\S+)/gm)].map(([, image]) => image));
    const { images } = await kustomization("observability/pushgateway");
    expect(named).toEqual(images.map(({ name }) => name));
    for (const image of images) expect(image.digest).toMatch(digest);
  });

  it("in logging/ is named by the digest of its version", async () => {
    const names = (await readdir(join(root, "logging"), { recursive: true })).filter((name) => name.endsWith(".yaml"));
    const texts = await Promise.all(names.map((name) => read(`logging/${name}`)));
    const resources = texts
      .map((text) => parse(text))
      .filter(({ apiVersion }) => /k8s\.elastic\.co\//.test(apiVersion));
    const kinds: string[] = [];
    for (const { kind, spec } of resources.map((resource) => elasticSchema.parse(resource))) {
      const [name, hash] = spec.image.split("@");
      const program = spec.type ?? kind.toLowerCase();
      expect(name).toMatch(new RegExp(`^docker\\.elastic\\.co/(${program}|beats)/${program}:${spec.version}$`));
      expect(hash).toMatch(digest);
      kinds.push(kind);
    }
    expect(kinds.sort()).toEqual(["Beat", "Elasticsearch", "Kibana", "Logstash"]);
  });

  it("is named by a digest in every other manifest of logging/, too", async () => {
    const names = (await readdir(join(root, "logging"), { recursive: true })).filter((name) => name.endsWith(".yaml"));
    for (const name of names)
      for (const [, image = ""] of (await read(`logging/${name}`)).matchAll(/^[^#\n]*\bimage: *(\S+)/gm))
        expect(image, name).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it("has one digest for one version, wherever it is named", async () => {
    const { images } = await kustomization("deploy/images");
    const ofTrial = images.find(({ name }) => name === "docker.elastic.co/elasticsearch/elasticsearch");
    expect(await read("logging/elasticsearch/elasticsearch.yaml")).toContain(
      `image: ${ofTrial?.name}:${ofTrial?.newTag}@${ofTrial?.digest}\n`,
    );
  });
});

it("a release builds the image on a base that is named by its digest", async () => {
  const bases = [...(await read("Dockerfile")).matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(bases).toHaveLength(2);
  for (const base of bases) expect(base).toMatch(/^\$\{NODE_IMAGE\}$/);
  const workflow = await read(".github/workflows/release.yml");
  const { env } = z.object({ env: z.object({ NODE_IMAGE: z.string() }) }).parse(parse(workflow));
  const [name, pinned = ""] = env.NODE_IMAGE.split("@");
  expect([name, pinned]).toEqual(["node:24-slim", expect.stringMatching(digest)]);
  expect(workflow).toMatch(/build-args: \|\n(?: {12}\S.*\n)* {12}NODE_IMAGE=\$\{\{ env\.NODE_IMAGE \}\}\n/);
});
