import { command, kubectl } from "./kubectl.ts";

/** How many actions of a user are stored, or of all ("*"). */
export async function countActions(user: string): Promise<number> {
  const query = user === "*" ? "" : `&q=user.id:${encodeURIComponent(`"${user}"`)}`;
  const url = `http://elasticsearch:9200/lapse-actions-*/_count?ignore_unavailable=true${query}`;
  const script = `fetch("http://elasticsearch:9200/lapse-actions-*/_refresh", { method: "POST" }).then(() => fetch(${JSON.stringify(url)})).then((r) => r.json()).then((j) => console.log(j.count))`;
  return Number(await kubectl("exec", "deployment/commands", "--", "node", "-e", script));
}

/** How many log entries of the pods of a Service that are there hold a text. */
export async function logsOf(service: string, part: string): Promise<number> {
  const selector = `serving.knative.dev/service=${service}`;
  const logs = await kubectl("logs", "--selector", selector, "--container", "user-container", "--tail=-1");
  return logs.split("\n").filter((line) => line.includes(part)).length;
}

/** The names of all model versions, once each. */
export async function versions(): Promise<string[]> {
  return [...new Set((await command("models", "list")).match(/\d{8}T\d{6}Z-[0-9a-f]{6}/g) ?? [])];
}
