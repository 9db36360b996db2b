import { type Dashboard, lines, number, query } from "./panel.ts";

const quality = (metric: string) =>
  query(
    `max by (alias) (lapse_model_quality{metric="${metric}"}) or max by (alias) (last_over_time(lapse_model_quality{metric="${metric}"}[1d]))`,
    "{{alias}}",
  );

/** Whether the model is still right. */
export const model: Dashboard = {
  name: "model",
  title: "lapse: model",
  description: "The model in service, its quality and its challenger's, training, drift, and predictions.",
  rows: [
    {
      title: "In service",
      panels: [
        number(
          "Version",
          "Two only for a moment, as predictors follow within a second, or during a canary.",
          "none",
          query("max by (version) (lapse_model_info)", "{{version}}"),
        ),
        number(
          "In service for",
          "By the predictor that has served it longest.",
          "s",
          query("time() - min(lapse_model_served_since_timestamp_seconds)", "age"),
        ),
        number(
          "Training rows",
          "Labelled rows that the last model learned from.",
          "short",
          query("max(lapse_training_rows)", "rows"),
        ),
        number(
          "Features that changed",
          "With a population stability index of 0.25 or more.",
          "short",
          query("count(max by (feature) (lapse_drift_psi) >= 0.25) or vector(0)", "features"),
        ),
      ],
    },
    {
      title: "Quality on users and a month that the model had not seen",
      panels: [
        lines(
          "AUC",
          "How well users who leave are told from users who stay. 0.5 is a coin toss, 1 is perfect.",
          "none",
          quality("auc"),
        ),
        lines("Log loss", "Of the probabilities. Lower is better.", "none", quality("log_loss")),
        lines(
          "Calibration",
          "How far probabilities are off on average. One tenth raises an alert.",
          "percentunit",
          quality("ece"),
        ),
        lines(
          "Champion by now",
          "AUC of the model in service on the newest users whose outcome is known, measured by each training. 0.05 below its own test raises an alert.",
          "none",
          query(
            'max(lapse_champion_recent_quality{metric="auc"}) or max(last_over_time(lapse_champion_recent_quality{metric="auc"}[1d]))',
            "newest users",
          ),
          query(
            'max(lapse_model_quality{alias="champion",metric="auc"}) or max(last_over_time(lapse_model_quality{alias="champion",metric="auc"}[1d]))',
            "its own test",
          ),
        ),
        lines(
          "AUC of each night's model",
          "Every trained model, promoted or not. A falling AUC means that there is less to learn.",
          "none",
          query('max(lapse_training_quality{metric="auc"})', "AUC"),
        ),
      ],
    },
    {
      title: "The gate",
      panels: [
        lines(
          "Promotion frozen",
          "1 while nothing is promoted because the newest data look broken, by cause. Raises an alert.",
          "none",
          query(
            "max by (cause) (lapse_promotion_frozen) or max by (cause) (last_over_time(lapse_promotion_frozen[1d]))",
            "{{cause}}",
          ),
        ),
        lines(
          "The champion stands",
          "1 while the model in service is taken for better than the plain rate and recency alone, 0 once it was judged again and was not. 0 raises an alert.",
          "none",
          query("min(lapse_champion_stands) or min(last_over_time(lapse_champion_stands[1d]))", "stands"),
        ),
      ],
    },
    {
      title: "Promised and happened",
      panels: [
        lines(
          "Promised to leave, and left",
          "Users of an average night on the newest 28 lists whose churn window has closed. The sum of the probabilities against what happened.",
          "short",
          query(
            'max by (kind) (lapse_promises_users{role="champion",kind=~"promised|left"}) or max by (kind) (last_over_time(lapse_promises_users{role="champion",kind=~"promised|left"}[1d]))',
            "{{kind}}",
          ),
        ),
        lines(
          "Left over promised",
          "1 is as promised; the interval should hold it. An interval wholly above 1.1 or below 0.9 raises an alert.",
          "none",
          query(
            'max by (bound) (lapse_promises_ratio{role="champion"}) or max by (bound) (last_over_time(lapse_promises_ratio{role="champion"}[1d]))',
            "{{bound}}",
          ),
        ),
        lines(
          "AUC as served",
          "Of the lists as they were shown, with its 95 % interval, of what challengers scored in shadow, and of the same users by recency alone.",
          "none",
          query(
            'max by (role) (lapse_promises_quality{metric="auc",bound="value"}) or max by (role) (last_over_time(lapse_promises_quality{metric="auc",bound="value"}[1d]))',
            "{{role}}",
          ),
          query(
            'max by (bound) (lapse_promises_quality{role="champion",metric="auc",bound!="value"}) or max by (bound) (last_over_time(lapse_promises_quality{role="champion",metric="auc",bound!="value"}[1d]))',
            "champion, {{bound}}",
          ),
          query(
            'max(lapse_promises_quality{role="champion",metric="recency_auc",bound="value"}) or max(last_over_time(lapse_promises_quality{role="champion",metric="recency_auc",bound="value"}[1d]))',
            "recency alone",
          ),
        ),
      ],
    },
    {
      title: "Training",
      panels: [
        lines(
          "Training runs",
          "Since the process began, by outcome. Rejected is not a failure: the model was no better than the champion.",
          "short",
          query("max by (outcome) (lapse_training_total)", "{{outcome}}"),
        ),
        lines(
          "Time to train",
          "Mean since the process began. More than 600 s needs deploy/train-job.",
          "s",
          query(
            "max by (outcome) (lapse_training_duration_seconds_sum / lapse_training_duration_seconds_count)",
            "{{outcome}}",
          ),
        ),
      ],
    },
    {
      title: "Drift",
      panels: [
        lines(
          "Features that changed most",
          "Population stability index against the users who were here when the champion was trained: moderate from 0.1, major from 0.25.",
          "none",
          query("topk(5, max by (feature) (lapse_drift_psi))", "{{feature}}"),
        ),
        lines(
          "Change of the probabilities",
          "The same index for the champion's probabilities of today's users.",
          "none",
          query("max(lapse_score_drift_psi)", "probability"),
        ),
      ],
    },
    {
      title: "Predicted",
      panels: [
        lines(
          "Probabilities asked for",
          "10th, 50th and 90th percentile of the predictions.",
          "percentunit",
          ...[0.1, 0.5, 0.9].map((share) =>
            query(
              `histogram_quantile(${share}, sum by (le) (rate(lapse_prediction_probability_bucket[$__rate_interval])))`,
              `p${share * 100}`,
            ),
          ),
        ),
        lines(
          "Users by risk",
          "In the last scoring of all users.",
          "short",
          query(
            "max by (risk) (lapse_scored_users) or max by (risk) (last_over_time(lapse_scored_users[1d]))",
            "{{risk}}",
          ),
        ),
        lines(
          "Versions put into service",
          "Per hour, with the attempts that failed.",
          "short",
          query("sum by (outcome) (increase(lapse_model_loads_total[1h]))", "{{outcome}}"),
        ),
      ],
    },
  ],
};
