import { readdir, readFile } from "node:fs/promises";
import { parse } from "yaml";
import * as z from "zod";

const folder = new URL("../../observability/monitors/", import.meta.url);

const expression = z.discriminatedUnion("operator", [
  z.strictObject({ key: z.string(), operator: z.enum(["Exists", "DoesNotExist"]) }),
  z.strictObject({ key: z.string(), operator: z.literal("In"), values: z.array(z.string()).min(1) }),
]);
const relabeling = z.strictObject({
  sourceLabels: z.array(z.string()),
  targetLabel: z.string(),
  replacement: z.string(),
});
const endpoint = z.strictObject({
  port: z.string().optional(),
  portNumber: z.int().optional(),
  path: z.string(),
  interval: z.string(),
  honorLabels: z.boolean().default(false),
  relabelings: z.array(relabeling).default([]),
});

/** What the PodMonitors of this repository use; a field that is not among it must not be passed over. */
const podMonitorSchema = z.object({
  kind: z.literal("PodMonitor"),
  metadata: z.object({ name: z.string() }),
  spec: z.strictObject({
    namespaceSelector: z.strictObject({ matchNames: z.array(z.string()) }).optional(),
    selector: z.strictObject({ matchExpressions: z.array(expression) }),
    podTargetLabels: z.array(z.string()).default([]),
    podMetricsEndpoints: z.tuple([endpoint]),
  }),
});

export type PodMonitor = z.infer<typeof podMonitorSchema>;

/** Every PodMonitor of `observability/monitors`. */
export async function readPodMonitors(): Promise<PodMonitor[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".yaml"));
  const parsed = await Promise.all(files.map(async (file) => parse(await readFile(new URL(file, folder), "utf8"))));
  return parsed.filter(({ kind }) => kind === "PodMonitor").map((monitor) => podMonitorSchema.parse(monitor));
}

/** The name of the job under which Prometheus has a monitor's pods. */
export function jobOf({ metadata }: PodMonitor, namespace: string): string {
  return `${namespace}/${metadata.name}`;
}

/**
 * Prometheus's own form of a monitor in a namespace, as the operator writes it
 * (https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor), but that pods come from a
 * file of targets (see `podTargets`), and are scraped every second.
 */
export function scrapeConfigOf(monitor: PodMonitor, namespace: string, targets: string): object {
  const { namespaceSelector, selector, podTargetLabels, podMetricsEndpoints } = monitor.spec;
  const [{ port, portNumber, path, honorLabels, relabelings }] = podMetricsEndpoints;
  const names = namespaceSelector?.matchNames ?? [namespace];
  return {
    job_name: jobOf(monitor, namespace),
    scrape_interval: "1s",
    honor_labels: honorLabels,
    metrics_path: path,
    file_sd_configs: [{ files: [targets], refresh_interval: "1s" }],
    relabel_configs: [
      keep("__meta_kubernetes_namespace", names.join("|")),
      { source_labels: ["__meta_kubernetes_pod_phase"], regex: "(Failed|Succeeded)", action: "drop" },
      ...selector.matchExpressions.map(matching),
      port === undefined
        ? keep("__meta_kubernetes_pod_container_port_number", String(portNumber))
        : keep("__meta_kubernetes_pod_container_port_name", port),
      copy("__meta_kubernetes_namespace", "namespace"),
      copy("__meta_kubernetes_pod_container_name", "container"),
      copy("__meta_kubernetes_pod_name", "pod"),
      ...podTargetLabels.map((label) => copy(metaLabel("label", label), inPrometheus(label))),
      ...relabelings.map(({ sourceLabels, targetLabel, replacement }) => ({
        source_labels: sourceLabels,
        target_label: targetLabel,
        replacement,
      })),
    ],
  };
}

function matching(expected: z.infer<typeof expression>): object {
  switch (expected.operator) {
    case "Exists":
      return keep(metaLabel("labelpresent", expected.key), "true");
    case "DoesNotExist":
      return { ...keep(metaLabel("labelpresent", expected.key), "true"), action: "drop" };
    case "In":
      return keep(metaLabel("label", expected.key), expected.values.join("|"));
  }
}

function keep(label: string, regex: string) {
  return { source_labels: [label], regex, action: "keep" };
}

function copy(label: string, target: string) {
  return { source_labels: [label], regex: "(.+)", target_label: target };
}

/** By what name Prometheus's discovery tells a label of a pod, or that it is there. */
export function metaLabel(kind: "label" | "labelpresent", label: string): string {
  return `__meta_kubernetes_pod_${kind}_${inPrometheus(label)}`;
}

function inPrometheus(label: string): string {
  return label.replaceAll(/[^a-zA-Z0-9_]/g, "_");
}
