import { expect } from "vitest";
import { kubectlAnywhere } from "./kubectl.ts";

/** The pod that a connection comes from, as arguments of kubectl. */
export type From = readonly string[];

/** Commands of lapse. */
export const lapse: From = ["--namespace=lapse", "exec", "deployment/commands"];
/** A pod of somebody else. */
export const someoneElse: From = ["--namespace=lapse-tests", "exec", "stranger"];
/** In the place of Prometheus. */
export const scraper: From = ["--namespace=monitoring", "exec", "scraper"];

/** Runs a program of Node in a pod, and returns what it prints. */
export async function run(from: From, program: string): Promise<string> {
  return kubectlAnywhere(...from, "--", "node", "-e", program);
}

/** Whether a TCP connection is accepted within three seconds. */
export async function reaches(from: From, host: string, port: number): Promise<boolean> {
  const printed = await run(
    from,
    `const socket = require("node:net").connect(${port}, ${JSON.stringify(host)});
     const end = (answer) => { console.log(answer); process.exit(); };
     socket.on("connect", () => end("open")).on("error", () => end("closed"));
     setTimeout(() => end("closed"), 3000);`,
  );
  expect(printed).toMatch(/^(open|closed)$/);
  return printed === "open";
}

export async function addressOf(namespace: string, pod: string): Promise<string> {
  return kubectlAnywhere(`--namespace=${namespace}`, "get", "pod", pod, "--output=jsonpath={.status.podIP}");
}
