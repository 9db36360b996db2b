import { appendFileSync } from "node:fs";
import { asCloudEvents, asLines } from "./record-action.ts";
import { createShop } from "./shop.ts";

const { PORT = "3000", ACTIONS_URL, ACTIONS_FILE } = process.env;

const record =
  ACTIONS_URL !== undefined
    ? asCloudEvents(ACTIONS_URL, console.error)
    : asLines((line) => (ACTIONS_FILE === undefined ? process.stdout.write(line) : appendFileSync(ACTIONS_FILE, line)));

const shop = createShop(record);
// Lines of actions are alone on stdout.
console.error(`The shop is open: ${await shop.listen({ host: "127.0.0.1", port: Number(PORT) })}`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void shop.close());
