import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import packageJson from "../package.json" with { type: "json" };
import { reproducible, runtimeLock } from "./release/sbom.ts";

// npm run --silent sbom: prints the list of the packages that lapse runs with, in CycloneDX, as the image and each release have it.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "lapse-sbom-"));
try {
  const { devDependencies: _, ...runtime } = packageJson;
  writeFileSync(join(folder, "package.json"), JSON.stringify(runtime));
  const lock: unknown = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(runtimeLock(lock)));
  const list = execFileSync("npm", ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
    encoding: "utf8",
  });
  console.log(JSON.stringify(reproducible(JSON.parse(list), packageJson.name), null, 1));
} finally {
  rmSync(folder, { recursive: true });
}
