import { type Dashboard, lines, query } from "./panel.ts";

const revision = '{k8s_namespace_name="$namespace"}';
/** Knative's proxy beside each function. The monitor takes the function's name from the labels of the pod. */
const proxy = '{job="$namespace/queue-proxy"}';
const service = "serving_knative_dev_service";
const requests = "http_server_request_duration_seconds";
const broker = '{kn_broker_namespace="$namespace"}';

/**
 * What Knative does with the functions. Names are those of Knative 1.19 and later, which uses OpenTelemetry. Some differ
 * from its documentation: these are the ones that 1.20 serves in `npm run test:cluster`.
 */
export const knative: Dashboard = {
  name: "knative",
  title: "lapse: Knative",
  description:
    "Pods, queues and cold starts of the functions, and events through the Broker, as reported by Knative 1.19 and later.",
  hasNamespace: true,
  rows: [
    {
      title: "Pods",
      panels: [
        lines(
          "Pods",
          "By revision. Zero means scaled to zero.",
          "short",
          query(`max by (kn_revision_name) (kn_revision_pods_count${revision})`, "{{kn_revision_name}}"),
        ),
        lines(
          "Pods wanted",
          "By the autoscaler. If this stays above the number of pods, nodes are full or the maximum scale is reached.",
          "short",
          query(`max by (kn_revision_name) (kn_revision_pods_desired${revision})`, "{{kn_revision_name}}"),
        ),
        lines(
          "Pods that are not ready",
          "Above zero for a moment at each cold start.",
          "short",
          query(`max by (kn_revision_name) (kn_revision_pods_not_ready_count${revision})`, "{{kn_revision_name}}"),
        ),
        lines(
          "Requests at once, per pod",
          "What the autoscaler acts on, averaged over a minute, and its target.",
          "short",
          query(`max by (kn_revision_name) (kn_revision_concurrency_stable${revision})`, "{{kn_revision_name}}"),
          query(`max by (kn_revision_name) (kn_revision_concurrency_target${revision})`, "{{kn_revision_name}} target"),
        ),
      ],
    },
    {
      title: "Requests",
      panels: [
        lines(
          "Requests by service",
          "As Knative's proxy beside each function saw them.",
          "reqps",
          query(`sum by (${service}) (rate(${requests}_count${proxy}[$__rate_interval]))`, `{{${service}}}`),
        ),
        lines(
          "Responses by status",
          "5xx that a function does not count itself come from the proxy: a timeout, or a pod that went away.",
          "reqps",
          query(
            `sum by (http_response_status_code) (rate(${requests}_count${proxy}[$__rate_interval]))`,
            "{{http_response_status_code}}",
          ),
        ),
        lines(
          "Latency by service",
          "95th percentile, including the time in the proxy's queue.",
          "s",
          query(
            `histogram_quantile(0.95, sum by (le, ${service}) (rate(${requests}_bucket${proxy}[$__rate_interval])))`,
            `{{${service}}}`,
          ),
        ),
        lines(
          "Requests in the proxies' queues",
          "Waiting or in progress, for functions with a concurrency limit. Does not change while there are no requests.",
          "short",
          query(`sum by (${service}) (kn_queueproxy_depth${proxy})`, `{{${service}}}`),
        ),
        lines(
          "Requests at the activator",
          "Requests that it holds while a pod starts.",
          "short",
          query(`sum by (kn_service_name) (kn_revision_request_concurrency${revision})`, "{{kn_service_name}}"),
        ),
      ],
    },
    {
      title: "Events",
      panels: [
        lines(
          "Events through the Broker",
          "Received and delivered, by type and response status.",
          "reqps",
          query(
            `sum by (cloudevents_type, http_response_status_code) (rate(kn_eventing_dispatch_duration_seconds_count${broker}[$__rate_interval]))`,
            "{{cloudevents_type}} {{http_response_status_code}}",
          ),
        ),
        lines(
          "Time to deliver",
          "95th percentile, including the function's own time.",
          "s",
          query(
            `histogram_quantile(0.95, sum by (le, cloudevents_type) (rate(kn_eventing_dispatch_duration_seconds_bucket${broker}[$__rate_interval])))`,
            "{{cloudevents_type}}",
          ),
        ),
      ],
    },
  ],
};
