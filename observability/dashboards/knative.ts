import { type Dashboard, lines, query } from "./panel.ts";

const revision = '{k8s_namespace_name="$namespace"}';
/** Knative's proxy beside each function; which function it is, the monitor takes from the labels of the pod. */
const proxy = '{job="$namespace/queue-proxy"}';
const service = "serving_knative_dev_service";
const requests = "http_server_request_duration_seconds";
const broker = '{kn_broker_namespace="$namespace"}';

/**
 * What Knative does with the functions. Names as of Knative 1.19, when its metrics became those of OpenTelemetry. Not all
 * are those of its documentation: these are what 1.20 serves in `npm run test:cluster`.
 */
export const knative: Dashboard = {
  name: "knative",
  title: "lapse: Knative",
  description:
    "Pods, queues and cold starts of the functions, and events through the Broker, as Knative 1.19 and later tell it.",
  hasNamespace: true,
  rows: [
    {
      title: "Pods",
      panels: [
        lines(
          "Pods",
          "By revision. Zero is asleep.",
          "short",
          query(`max by (kn_revision_name) (kn_revision_pods_count${revision})`, "{{kn_revision_name}}"),
        ),
        lines(
          "Pods wanted",
          "By the autoscaler. More than there are for long: no room on the nodes, or the largest scale is reached.",
          "short",
          query(`max by (kn_revision_name) (kn_revision_pods_desired${revision})`, "{{kn_revision_name}}"),
        ),
        lines(
          "Pods that are not ready",
          "For a moment at each cold start.",
          "short",
          query(`max by (kn_revision_name) (kn_revision_pods_not_ready_count${revision})`, "{{kn_revision_name}}"),
        ),
        lines(
          "Requests at once, per pod",
          "What the autoscaler goes by, on average over a minute; and its target.",
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
          "Answers by status",
          "5xx that a function does not count itself came from the proxy: a timeout, or a pod that went.",
          "reqps",
          query(
            `sum by (http_response_status_code) (rate(${requests}_count${proxy}[$__rate_interval]))`,
            "{{http_response_status_code}}",
          ),
        ),
        lines(
          "Latency by service",
          "95th percentile, with the time in the proxy's queue.",
          "s",
          query(
            `histogram_quantile(0.95, sum by (le, ${service}) (rate(${requests}_bucket${proxy}[$__rate_interval])))`,
            `{{${service}}}`,
          ),
        ),
        lines(
          "Requests in the proxies' queues",
          "Waiting or at work, where a function takes so many at once and no more; it stands still while nothing comes.",
          "short",
          query(`sum by (${service}) (kn_queueproxy_depth${proxy})`, `{{${service}}}`),
        ),
        lines(
          "Requests at the activator",
          "It holds requests while a pod starts.",
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
          "Taken in and delivered, by type and the status that was answered.",
          "reqps",
          query(
            `sum by (cloudevents_type, http_response_status_code) (rate(kn_eventing_dispatch_duration_seconds_count${broker}[$__rate_interval]))`,
            "{{cloudevents_type}} {{http_response_status_code}}",
          ),
        ),
        lines(
          "Time to deliver",
          "95th percentile, with the time that the function takes.",
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
