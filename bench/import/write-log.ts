import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { randomFrom } from "#churn/random.ts";

const begin = Date.UTC(2023, 0, 1);
const year = 365 * 86_400_000;
const names = ["view", "view", "view", "login", "search", "comment", "purchase", "refund"];

/** Writes a CSV of `count` actions of count / 60 users over the year 2023, by time; the same for the same count. */
export async function writeLog(path: string, count: number): Promise<void> {
  const random = randomFrom("bench/import");
  const users = Math.ceil(count / 60);
  const file = createWriteStream(path);
  file.write("user_id,timestamp,action,value\n");
  for (let from = 0; from < count; from += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, count - from) }, (_, i) => {
      const user = Math.floor(users * random() ** 2);
      const action = names[Math.floor(random() * names.length)] ?? "view";
      const value = action === "purchase" ? (Math.ceil(random() * 10_000) / 100).toFixed(2) : "";
      return `user-${user},${new Date(begin + Math.floor(((from + i) / count) * year)).toISOString()},${action},${value}\n`;
    });
    if (!file.write(lines.join(""))) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
}
