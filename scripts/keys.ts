import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Command } from "commander";
import * as z from "zod";
import { roles } from "#runtime/access/access.ts";
import { accessSettings } from "#runtime/access/access-settings.ts";
import { readKeyFile } from "#runtime/access/key-file.ts";
import { readKeyUses } from "#runtime/access/key-uses.ts";
import { calledAs } from "#runtime/called-as.ts";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import type { Act } from "#stores/audit/recorder.ts";
import { dataNames } from "#stores/data-folder.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { actorSetting, recordAct } from "./audit/record-act.ts";
import { systemUser } from "./call/own-call.ts";
import { auditNote } from "./keys/audit-note.ts";
import { changeKeys } from "./keys/change-keys.ts";
import { describeKeys } from "./keys/describe.ts";
import { findKey, makeKey, withRevoked } from "./keys/key-changes.ts";
import { secretManifest } from "./keys/secret.ts";
import { actorOf } from "./terminal/actor.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions } from "./terminal/options.ts";

const settings = withStoreRules(z.object({ KEYS_FILE: accessSettings.KEYS_FILE, ...actorSetting, ...storeSettings }));

export function keys(command: Command): void {
  command
    .summary("makes, lists and revokes API keys")
    .description(
      "API keys, by which callers show who they are. A key is shown once, and kept as a hash. While there is a file of keys, a running lapse asks everyone for one.",
    );
  addHelpNotes(
    command,
    settings,
    "Keys are kept in KEYS_FILE (default: keys.json in DATA_DIR). For a cluster, apply them as a Secret: lapse keys secret | kubectl apply -f -",
  );
  command.command("list").description("every key, and when it was last used (default)").action(list);
  command
    .command("create")
    .requiredOption("--name <name>", "what it is for, such as the application that will hold it")
    .requiredOption("--role <roles>", `what it may do, one or several with commas between them: ${roles.join(", ")}`)
    .option("--days <n>", "days after which it expires (default: never)")
    .description("makes a key and prints it; two of a name may be valid, so that one can take the other's place")
    .action(create);
  command
    .command("revoke")
    .argument("<key>", "its id, or its name")
    .description("makes it invalid at once")
    .action(revoke);
  command
    .command("secret")
    .option("--namespace <name>", "where lapse runs", "lapse")
    .description("prints the Secret that functions in a cluster read the keys from: hashes only")
    .action(secret);
}

const createOptions = z.object({
  name: z.string().regex(/^[^\p{Cc}]{1,100}$/u, "takes 1 to 100 characters"),
  role: z
    .string()
    .transform((text) => text.split(",").map((role) => role.trim()))
    .pipe(z.array(z.enum(roles, { error: `takes ${roles.join(", ")}` })).min(1)),
  days: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, "takes a whole number of days")
    .transform(Number)
    .optional(),
});

async function create(options: unknown): Promise<void> {
  const { name, role, days } = parseOptions(createOptions, options);
  const config = loadConfig(settings);
  const now = Date.now();
  const expires = days === undefined ? undefined : now + days * 86_400_000;
  const { text, record: kept } = await changeKeys(fileOf(config), (all) => {
    const made = makeKey({ name, roles: role, expires }, all, { random: randomBytes, now });
    return { keys: [...all, made.record], made };
  });
  const { id, roles: its } = kept;
  console.error(`The key ${id} of ${name} may ${its.join(", ")}. It is not shown again:`);
  // Alone on standard output, for scripts.
  console.log(text);
  await record({ action: "key.created", target: `${name} (${id})`, details: { roles: its.join(", ") } }, config);
}

async function list(): Promise<void> {
  const config = loadConfig(settings);
  const all = (await readKeyFile(fileOf(config))) ?? [];
  console.log(
    describeKeys(all, await readKeyUses(join(config.DATA_DIR, dataNames.keyUses)), Date.now(), calledAs(process.env)),
  );
}

async function revoke(which: string): Promise<void> {
  const config = loadConfig(settings);
  const now = Date.now();
  const revoked = await changeKeys(fileOf(config), (all) => {
    const made = findKey(which, all, now);
    return { keys: withRevoked(all, made.id, now), made };
  });
  console.log(`The key ${revoked.id} of ${revoked.name} is revoked.`);
  await record({ action: "key.revoked", target: `${revoked.name} (${revoked.id})` }, config);
}

async function secret(options: unknown): Promise<void> {
  const { namespace } = parseOptions(z.object({ namespace: z.string().min(1) }), options);
  const all = (await readKeyFile(fileOf(loadConfig(settings)))) ?? [];
  console.log(secretManifest(all, namespace));
}

type Config = z.infer<typeof settings>;

function fileOf({ KEYS_FILE, DATA_DIR }: Config): string {
  return KEYS_FILE ?? join(DATA_DIR, dataNames.keys);
}

async function record(act: Act, config: Config): Promise<void> {
  const stores = new StoreConnections(storeOptionsOf(config), Date.now);
  try {
    await recordAct(await stores.audit(), act, actorOf(config, systemUser(process)));
  } finally {
    await stores.close();
  }
  const note = auditNote(config);
  if (note !== undefined) console.error(note);
}
