import { join } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import type { AccessSettings } from "#runtime/access/access-settings.ts";
import { readKeyFile } from "#runtime/access/key-file.ts";
import { dataNames } from "#stores/data-folder.ts";
import { isValid } from "../keys/key-changes.ts";

/**
 * Throws InvalidInput unless there is a key that is valid now, or an issuer of tokens: other machines can reach the port. `lapse` is how
 * the program is called.
 */
export async function requireKey(
  { KEYS_FILE, OIDC_ISSUER }: AccessSettings,
  dataDir: string,
  now: number,
  lapse: string,
): Promise<void> {
  if (OIDC_ISSUER !== undefined) return;
  const keys = (await readKeyFile(KEYS_FILE ?? join(dataDir, dataNames.keys))) ?? [];
  if (keys.some((key) => isValid(key, now))) return;
  throw new InvalidInput(
    `Other machines could send actions and read users. Make a key first: ${lapse} keys create --name NAME --role send,predict,read,operate`,
  );
}
