import * as z from "zod";

/**
 * package-lock.json without what only builds and tests. `npm sbom --omit dev` leaves out every package that anything of
 * development depends on as well, be it needed at run time or not.
 */
export function runtimeLock(lock: unknown): unknown {
  const { packages, ...rest } = lockSchema.parse(lock);
  const kept = Object.entries(packages).filter(([, { dev }]) => dev !== true);
  return { ...rest, packages: Object.fromEntries(kept.map(([path, entry]) => [path, withoutDevelopment(entry)])) };
}

/**
 * A CycloneDX list of packages without what npm puts in that is another each time, or in another folder: the serial number, the
 * time, and the folder's name in place of the package's. So the same sources make the same list.
 */
export function reproducible(list: unknown, name: string): unknown {
  const { serialNumber: _, ...sbom } = listSchema.parse(list);
  const { timestamp: __, ...metadata } = sbom.metadata;
  return { ...sbom, metadata: { ...metadata, component: { ...metadata.component, name } } };
}

/** What depends on a package of development is the project alone. */
function withoutDevelopment<Entry extends object>(entry: Entry): Entry {
  return { ...entry, devDependencies: undefined };
}

const lockSchema = z.looseObject({ packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })) });
const listSchema = z.looseObject({
  serialNumber: z.string(),
  metadata: z.looseObject({ timestamp: z.string(), component: z.looseObject({ name: z.string() }) }),
});
