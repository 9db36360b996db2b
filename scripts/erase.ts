import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { openStores } from "#stores/open-stores.ts";
import { describeErasure, isEmpty } from "./erase/describe.ts";
import { eraseUsers } from "./erase/erase-users.ts";
import { runCommand } from "./terminal/command.ts";

const help = `npm run erase -- --user ID [--user ID …]

Deletes everything that lapse stores of a user: actions, user-days, features, scores, dead letters. Prints how much of
each there was, then looks again, and fails unless nothing is left. Models hold numbers of all users together and no
ids; a model trained from now on has not seen the user.

  --user ID             whom; may be given several times
  --users FILE          more of them, one id on each line

Settings: those of the stores (docs/operate.md). A DuckDB file belongs to one process: stop \`npm start\` first.`;

await runCommand(help, async () => {
  const { values } = parseArgs({ options: { user: { type: "string", multiple: true }, users: { type: "string" } } });
  const config = loadConfig(withStoreRules(z.object(storeSettings)));
  const users = [
    ...new Set([...(values.user ?? []), ...(values.users === undefined ? [] : await idsIn(values.users))]),
  ];
  if (users.length === 0) throw new InvalidInput("Name at least one user with --user ID. See --help.");

  const stores = await openStores(storeOptionsOf(config), Date.now);
  try {
    console.log(`Erased of ${users.length === 1 ? `user ${users[0]}` : `${users.length.toLocaleString("en")} users`}:`);
    console.log(describeErasure(await eraseUsers(users, stores)));
    const left = await eraseUsers(users, stores);
    if (isEmpty(left)) console.log("Looked again: nothing is left.");
    else
      throw new InvalidInput(
        `Looked again, and erased what had come meanwhile; run it once more:\n${describeErasure(left)}`,
      );
  } finally {
    await stores.close();
  }
});

async function idsIn(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new InvalidInput(`Cannot read ${file}.`, { cause });
  });
  return text.split(/\r?\n/).filter((line) => line !== "");
}
