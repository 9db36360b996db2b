import { spawnSync } from "node:child_process";

/** What `promtool check metrics` has to say about an exposition: nothing if it is clean. */
export function metricFaults(exposition: string): string {
  const { status, stdout, stderr, error } = spawnSync(process.env.PROMTOOL ?? "", ["check", "metrics"], {
    input: exposition,
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  const said = `${stdout}${stderr}`.trim();
  return status === 0 ? said : `${said} (status ${status})`;
}
