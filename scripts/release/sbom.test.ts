import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import packageJson from "../../package.json" with { type: "json" };

const listSchema = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({ name: z.string(), version: z.string() }) }),
  components: z.array(z.looseObject({ name: z.string(), version: z.string() })),
});
const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), dev: z.boolean().optional() })),
});
const program = ["--import", "tsx", "scripts/sbom.ts"];

let text: string;

beforeAll(async () => {
  text = (await promisify(execFile)(process.execPath, program, { maxBuffer: 2 ** 26 })).stdout;
});

describe("the list of packages", () => {
  it("is valid by the schema of CycloneDX 1.5", async () => {
    const require = createRequire(import.meta.url);
    const folder = join(dirname(require.resolve("@cyclonedx/cyclonedx-library")), "../res/schema");
    const schema = async (name: string): Promise<object> =>
      JSON.parse(await readFile(join(folder, `${name}.SNAPSHOT.schema.json`), "utf8"));
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    for (const name of ["iri-reference", "idn-email"]) ajv.addFormat(name, true);
    // The schema refers to the others by the names of their files.
    for (const name of ["spdx", "jsf-0.82"])
      ajv.addSchema({ ...(await schema(name)), $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json` });
    const isValid = ajv.compile(await schema("bom-1.5"));
    isValid(JSON.parse(text));
    expect(isValid.errors).toBeNull();
    isValid({ ...JSON.parse(text), components: [{ name: "no type" }] });
    expect(isValid.errors).not.toBeNull();
  });

  it("has every package that lapse runs with at its version, and none that only builds or tests it", async () => {
    const { metadata, components } = listSchema.parse(JSON.parse(text));
    expect(metadata.component).toMatchObject({ name: packageJson.name, version: packageJson.version });
    const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
    for (const [name, version] of Object.entries(packageJson.dependencies))
      expect(listed).toContain(`${name}@${version}`);
    const { packages } = lockSchema.parse(JSON.parse(await readFile("package-lock.json", "utf8")));
    const installed = Object.entries(packages).filter(([path]) => path !== "");
    const runtime = installed.filter(([, { dev }]) => dev !== true).map(nameAndVersion);
    expect([...listed].sort()).toEqual([...new Set(runtime)].sort());
    expect(runtime.length).toBeLessThan(installed.length);
  });

  it("holds nothing that is another each time", () => {
    const { serialNumber, metadata } = JSON.parse(text);
    expect([serialNumber, metadata.timestamp]).toEqual([undefined, undefined]);
  });
});

function nameAndVersion([path, { version }]: [string, { readonly version?: string | undefined }]): string {
  return `${path.split("node_modules/").at(-1)}@${version}`;
}
