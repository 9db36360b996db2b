import * as z from "zod";
import { type Role, roles } from "./access.ts";

type Claims = Readonly<Record<string, unknown>>;

export interface RolesClaim {
  /** Its name, or its path. */
  readonly claim: string;
  /** What its values mean; undefined if they are names of roles. */
  readonly map: ReadonlyMap<string, readonly Role[]> | undefined;
}

/** The roles that the claims of a token give. */
export function rolesIn(claims: Claims, { claim, map }: RolesClaim): readonly Role[] {
  const values = valuesOf(claimOf(claims, claim));
  if (map === undefined) return roles.filter((role) => values.includes(role));
  return [...new Set(values.flatMap((value) => map.get(value) ?? []))];
}

/** A claim by its name or by its path; a name within it may hold dots itself, as in `kubernetes.io.namespace`. */
function claimOf(claims: unknown, path: string): unknown {
  const found = recordSchema.safeParse(claims);
  if (!found.success) return undefined;
  if (Object.hasOwn(found.data, path)) return found.data[path];
  for (let end = path.lastIndexOf("."); end > 0; end = path.lastIndexOf(".", end - 1)) {
    const name = path.slice(0, end);
    if (Object.hasOwn(found.data, name)) return claimOf(found.data[name], path.slice(end + 1));
  }
  return undefined;
}

const recordSchema = z.record(z.string(), z.unknown());

/** A list of texts, or a text with blanks between them as `scope` is. */
function valuesOf(claim: unknown): readonly string[] {
  if (typeof claim === "string") return claim.split(" ");
  return Array.isArray(claim) ? claim.filter((value) => typeof value === "string") : [];
}
