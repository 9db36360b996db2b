import { type Dashboard, lines, number, query } from "./panel.ts";

/** The mean of a histogram since its process began: for a function that runs once a night, its last runs. */
const mean = (histogram: string, legend: string) => query(`max(${histogram}_sum / ${histogram}_count)`, legend);

/** From actions to features and scores, and the events that got stuck on the way. */
export const pipeline: Dashboard = {
  name: "pipeline",
  title: "lapse: data pipeline",
  description: "Incoming actions, the nightly roll-up, features and scores, the events between them, and dead letters.",
  rows: [
    {
      title: "Actions",
      panels: [
        lines(
          "Actions by outcome",
          "Duplicates are actions sent again, and change nothing. Unavailable ones were not stored, and their sender was told.",
          "reqps",
          query("sum by (outcome) (rate(lapse_actions_total[$__rate_interval]))", "{{outcome}}"),
        ),
        lines(
          "Rejected actions by field",
          "The field that was wrong. A sender that changes its format shows up here first.",
          "reqps",
          query('sum by (reason) (rate(lapse_actions_total{outcome="rejected"}[$__rate_interval]))', "{{reason}}"),
        ),
        lines(
          "Age of the newest action",
          "Rises steadily while nothing arrives.",
          "s",
          query("time() - lapse:newest_action_timestamp_seconds:max", "age"),
        ),
        lines(
          "Time to take a request",
          "95th percentile of the requests to ingest.",
          "s",
          query(
            'histogram_quantile(0.95, sum by (le) (rate(lapse_request_duration_seconds_bucket{function="ingest"}[$__rate_interval])))',
            "p95",
          ),
        ),
      ],
    },
    {
      title: "The night",
      panels: [
        number("User-days", "Written by the last roll-up.", "short", query("max(lapse_roll_up_rows)", "user-days")),
        number(
          "Users with features",
          "In the current set.",
          "short",
          query('max(lapse_feature_users{state="here"})', "users"),
        ),
        number(
          "Age of the features",
          "Time since the snapshot that they describe.",
          "s",
          query("clamp_min(time() - max(max_over_time(lapse_feature_snapshot_timestamp_seconds[3d])), 0)", "age"),
        ),
        number(
          "Users scored",
          "In the last scoring.",
          "short",
          query(
            "sum(max by (risk) (lapse_scored_users)) or sum(max by (risk) (last_over_time(lapse_scored_users[1d])))",
            "users",
          ),
        ),
        lines(
          "Since each stage succeeded",
          "Each is due once a day. More than 26 hours raise an alert.",
          "s",
          query("time() - lapse:stage_last_success_timestamp_seconds:max", "{{stage}}"),
        ),
        lines(
          "Time per run",
          "Mean since the process began. Knative allows 600 s.",
          "s",
          mean("lapse_roll_up_duration_seconds", "roll-up"),
          mean("lapse_feature_duration_seconds", "features"),
          mean("lapse_score_duration_seconds", "score"),
          query(
            'max(lapse_event_duration_seconds_sum{function="train"} / lapse_event_duration_seconds_count{function="train"})',
            "train",
          ),
        ),
      ],
    },
    {
      title: "Events",
      panels: [
        lines(
          "Events handled",
          "By function, since its process began. A function that scales to zero starts over each night.",
          "short",
          query(
            'max by (function) (sum by (function, instance, pod) (lapse_events_handled_total{outcome="success"}))',
            "{{function}}",
          ),
          query(
            'max by (function) (sum by (function, instance, pod) (lapse_events_handled_total{outcome="failure"}))',
            "{{function}} failed",
          ),
        ),
        lines(
          "Dead letters",
          "Stored now. The command dead-letters shows them.",
          "short",
          query("max(lapse_dead_letters) or max(last_over_time(lapse_dead_letters[1d]))", "kept"),
          query("sum by (reason) (lapse_dead_letters_recorded_total)", "recorded: {{reason}}"),
        ),
      ],
    },
  ],
};
