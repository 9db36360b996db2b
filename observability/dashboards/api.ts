import { type Dashboard, lines, percentiles, query } from "./panel.ts";

const predictions = '{function="predict",route=~".*(:predict|:explain|/infer)"}';

/** Requests, how fast they are answered, and what the processes need for it. */
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
          "All functions. 4xx is what callers do wrong, 503 asks them to come again.",
          "reqps",
          query("sum by (status) (rate(lapse_requests_total[$__rate_interval]))", "{{status}}"),
        ),
        lines(
          "Requests by route",
          "Of the five busiest.",
          "reqps",
          query(
            "topk(5, sum by (function, route) (rate(lapse_requests_total[$__rate_interval])))",
            "{{function}} {{route}}",
          ),
        ),
        lines(
          "Latency of predictions",
          "Measured in the pod: without cold start and network.",
          "s",
          ...percentiles("lapse_request_duration_seconds", predictions),
        ),
        lines(
          "Latency of ingest",
          "A batch is answered when it is stored.",
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
          "Per call of the model, for all instances of a request.",
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
          "Users that were asked for and have no features. New users are among them; a third is an alert.",
          "percentunit",
          query(
            'sum(rate(lapse_predictions_total{outcome="unknown_user"}[$__rate_interval])) / sum(rate(lapse_predictions_total[$__rate_interval]))',
            "unknown",
          ),
        ),
        lines(
          "Errors and retries of stores",
          "Requests that failed because of a store, and those that were made again without anybody noticing.",
          "reqps",
          query("sum(rate(lapse_store_errors_total[$__rate_interval])) or vector(0)", "errors"),
          query("sum(rate(lapse_store_retries_total[$__rate_interval])) or vector(0)", "made again"),
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
          "How long a ready request waits for the process. Tenths of a second mean a function that computes.",
          "s",
          query("lapse_nodejs_eventloop_lag_p99_seconds", "{{pod}} {{instance}}"),
        ),
      ],
    },
  ],
};
