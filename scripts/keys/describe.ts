import type { KeyRecord } from "#runtime/access/key-file.ts";
import type { KeyUses } from "#runtime/access/key-uses.ts";
import { textTable } from "../terminal/text-table.ts";
import { isValid } from "./key-changes.ts";

/**
 * Every key: those that are valid first, each group in the order in which they were made. `lapse` is how the program is called.
 */
export function describeKeys(keys: readonly KeyRecord[], uses: KeyUses, now: number, lapse: string): string {
  if (keys.length === 0) return `There are no keys. Make one: ${lapse} keys create --name NAME --role ROLE`;
  const ordered = [...keys.filter((key) => isValid(key, now)), ...keys.filter((key) => !isValid(key, now))];
  return textTable(
    ["id", "name", "roles", "made", "last used", "state"],
    ordered.map((key) => [
      key.id,
      key.name,
      key.roles.join(", "),
      day(key.created),
      uses[key.id]?.slice(0, 16).replace("T", " ") ?? "–",
      stateOf(key, now),
    ]),
    ["left", "left", "left", "left", "left", "left"],
  );
}

function stateOf(key: KeyRecord, now: number): string {
  if (key.revoked !== undefined) return `revoked ${day(key.revoked)}`;
  if (key.expires === undefined) return "valid";
  return `${isValid(key, now) ? "valid until" : "expired"} ${day(key.expires)}`;
}

function day(time: string): string {
  return time.slice(0, 10);
}
