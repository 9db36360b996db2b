import { type Dashboard, lines, percentiles, query } from "./panel.ts";

const predictions = '{function="predict",route=~".*(:predict|:explain|/infer)"}';

/** Requests, latency, and the resources that the processes use. */
export const api: Dashboard = {
  name: "api",
  title: "lapse: API",
  description: "Requests to every function, latency, the predictor against its objectives, and the processes.",
  rows: [
    {
      title: "Requests",
      panels: [
        lines(
          "Requests by status",
          "All functions. 4xx are callers' mistakes; 503 asks them to retry.",
          "reqps",
          query("sum by (status) (rate(lapse_requests_total[$__rate_interval]))", "{{status}}"),
        ),
        lines(
          "Requests by route",
          "The five busiest.",
          "reqps",
          query(
            "topk(5, sum by (function, route) (rate(lapse_requests_total[$__rate_interval])))",
            "{{function}} {{route}}",
          ),
        ),
        lines(
          "Latency of predictions",
          "Measured in the pod, so without cold starts and the network.",
          "s",
          ...percentiles("lapse_request_duration_seconds", predictions),
        ),
        lines(
          "Latency of ingest",
          "A batch is stored before the response.",
          "s",
          ...percentiles("lapse_request_duration_seconds", '{function="ingest"}'),
        ),
      ],
    },
    {
      title: "The predictor against its objectives",
      panels: [
        lines(
          "Failed predictions, as a share",
          "Objective: 0.5 % of a month. Alerts look at two windows at once.",
          "percentunit",
          query("lapse:predict_errors:ratio_rate5m", "5 minutes"),
          query("lapse:predict_errors:ratio_rate1h", "1 hour"),
          query("lapse:predict_errors:ratio_rate6h", "6 hours"),
        ),
        lines(
          "Predictions over 0.25 s, as a share",
          "Objective: 1 % of a month.",
          "percentunit",
          query("lapse:predict_slow:ratio_rate5m", "5 minutes"),
          query("lapse:predict_slow:ratio_rate1h", "1 hour"),
          query("lapse:predict_slow:ratio_rate6h", "6 hours"),
        ),
        lines(
          "Time in the model",
          "Per call of the model, which covers all instances of a request.",
          "s",
          ...percentiles("lapse_inference_duration_seconds"),
        ),
        lines(
          "Instances per call",
          "On average.",
          "short",
          query(
            "sum(rate(lapse_prediction_instances_sum[$__rate_interval])) / sum(rate(lapse_prediction_instances_count[$__rate_interval]))",
            "instances",
          ),
        ),
        lines(
          "Unknown users, as a share",
          "Requested users who have no features, new users among them. One third raises an alert.",
          "percentunit",
          query(
            'sum(rate(lapse_predictions_total{outcome="unknown_user"}[$__rate_interval])) / sum(rate(lapse_predictions_total[$__rate_interval]))',
            "unknown",
          ),
        ),
        lines(
          "Users found in memory, as a share",
          "Of those asked for by user id. The others are read from the store.",
          "percentunit",
          query(
            'sum(rate(lapse_feature_memory_reads_total{outcome="hit"}[$__rate_interval])) / sum(rate(lapse_feature_memory_reads_total[$__rate_interval]))',
            "in memory",
          ),
        ),
        lines(
          "Errors and retries of stores",
          "Requests that failed because of a store, and requests to stores that were retried unnoticed.",
          "reqps",
          query("sum(rate(lapse_store_errors_total[$__rate_interval])) or vector(0)", "errors"),
          query("sum(rate(lapse_store_retries_total[$__rate_interval])) or vector(0)", "retries"),
        ),
      ],
    },
    {
      title: "Processes",
      panels: [
        lines(
          "Memory",
          "Resident, by process. The limits are in the manifests.",
          "bytes",
          query("lapse_process_resident_memory_bytes", "{{pod}} {{instance}}"),
        ),
        lines(
          "Delay of the event loop, 99th percentile",
          "How long a waiting request is held up. Tenths of a second mean that a function is computing.",
          "s",
          query("lapse_nodejs_eventloop_lag_p99_seconds", "{{pod}} {{instance}}"),
        ),
      ],
    },
  ],
};
