import { writeSchemas } from "./write-schemas.ts";

// npm run schemas FOLDER: the public schemas that tests check against, for LAPSE_SCHEMAS.
const folder = process.argv[2];
if (folder === undefined) {
  console.error("Name a folder: npm run schemas FOLDER");
  process.exit(2);
}
const names = await writeSchemas(folder, async (url) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}.`);
  return response.text();
});
console.log(`${names.length} files in ${folder}.`);
