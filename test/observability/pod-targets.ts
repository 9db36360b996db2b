import * as z from "zod";
import { metaLabel } from "./scrape-pods.ts";

const port = z.object({ name: z.string().default(""), containerPort: z.int() });
const pod = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ containers: z.array(z.object({ name: z.string(), ports: z.array(port).default([]) })) }),
  status: z.object({ phase: z.string(), podIP: z.string().optional() }),
});
const listSchema = z.object({ items: z.array(pod) });

/** A target of Prometheus, and the labels by which it is chosen. */
export interface PodTarget {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The pods of a list (`kubectl get --raw /api/v1/pods`) as Prometheus's own discovery has them: a target for each port of each
 * container (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod), with those of its labels
 * that `scrapeConfigOf` goes by.
 */
export function podTargets(list: string): PodTarget[] {
  return listSchema.parse(JSON.parse(list)).items.flatMap(({ metadata, spec, status }) => {
    const { podIP } = status;
    if (podIP === undefined) return [];
    const labels = Object.entries(metadata.labels).flatMap(([label, value]) => [
      [metaLabel("label", label), value] as const,
      [metaLabel("labelpresent", label), "true"] as const,
    ]);
    return spec.containers.flatMap((container) =>
      container.ports.map(
        ({ name, containerPort }): PodTarget => ({
          targets: [`${podIP}:${containerPort}`],
          labels: {
            ...Object.fromEntries(labels),
            __meta_kubernetes_namespace: metadata.namespace,
            __meta_kubernetes_pod_name: metadata.name,
            __meta_kubernetes_pod_phase: status.phase,
            __meta_kubernetes_pod_ip: podIP,
            __meta_kubernetes_pod_container_name: container.name,
            __meta_kubernetes_pod_container_port_name: name,
            __meta_kubernetes_pod_container_port_number: String(containerPort),
          },
        }),
      ),
    );
  });
}
