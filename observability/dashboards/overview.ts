import { type Dashboard, lines, number, query } from "./panel.ts";

/** At a glance: whether lapse is healthy, and whether the model is right. */
export const overview: Dashboard = {
  name: "overview",
  title: "lapse: overview",
  description: "Whether actions arrive, the night's work was done, the model is right and predictions are answered.",
  rows: [
    {
      title: "Now",
      panels: [
        number(
          "Alerts firing",
          "Alerts of lapse's own rules. Each has a page in docs/runbooks.",
          "short",
          query('count(ALERTS{alertname=~"Lapse.+",alertstate="firing"}) or vector(0)', "alerts"),
        ),
        number(
          "Age of the newest action",
          "A few hours may be normal at night. More than six raise an alert.",
          "s",
          query("time() - lapse:newest_action_timestamp_seconds:max", "age"),
        ),
        number(
          "Predictions that failed, last hour",
          "Server errors, of which the objective allows 0.5 %.",
          "percentunit",
          query("lapse:predict_errors:ratio_rate1h", "failed"),
        ),
        number(
          "Dead letters",
          "Events that no function accepted. Each is worth a look.",
          "short",
          query("max(lapse_dead_letters) or max(last_over_time(lapse_dead_letters[1d]))", "kept"),
        ),
        number(
          "Age of the features",
          "Time since the snapshot that predictions are based on. A day and some hours is normal.",
          "s",
          query("clamp_min(time() - max(max_over_time(lapse_feature_snapshot_timestamp_seconds[3d])), 0)", "age"),
        ),
        number(
          "Age of the champion",
          "Time since the model in service was made. It stays until another proves better.",
          "s",
          query("time() - lapse:champion_created_timestamp_seconds:max", "age"),
        ),
        number(
          "AUC of the champion",
          "On users and a month that it had not seen. 0.5 is a coin toss.",
          "none",
          query('max(lapse_model_quality{alias="champion",metric="auc"})', "AUC"),
        ),
        number(
          "Users at high risk",
          "In the last scoring of all users.",
          "short",
          query(
            'max(lapse_scored_users{risk="high"}) or max(last_over_time(lapse_scored_users{risk="high"}[1d]))',
            "users",
          ),
        ),
      ],
    },
    {
      title: "Traffic",
      panels: [
        lines(
          "Actions",
          "By outcome. Duplicates are actions sent again, and change nothing.",
          "reqps",
          query("sum by (outcome) (rate(lapse_actions_total[$__rate_interval]))", "{{outcome}}"),
        ),
        lines(
          "Requests",
          "By function.",
          "reqps",
          query("sum by (function) (rate(lapse_requests_total[$__rate_interval]))", "{{function}}"),
        ),
        lines(
          "Predictions",
          "By risk, or why there is none.",
          "reqps",
          query("sum by (outcome) (rate(lapse_predictions_total[$__rate_interval]))", "{{outcome}}"),
        ),
        lines(
          "Since each stage succeeded",
          "Each is due once a day. More than 26 hours raise an alert.",
          "s",
          query("time() - lapse:stage_last_success_timestamp_seconds:max", "{{stage}}"),
        ),
      ],
    },
  ],
};
