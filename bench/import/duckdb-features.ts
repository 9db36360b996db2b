/** The snapshot: the day after the last of the log. */
const at = "DATE '2024-01-01'";
const actions = ["view", "comment", "login", "purchase", "refund", "search"];
const windows = [120, 60, 30, 10, 3];
/** Half-lives in hours. */
const halfLives = [30, 60, 120, 240, 480, 960, 1920];

/** 32 features of a user in SQL: counts, active days and values in five windows. */
export const windowsSql = `
  SELECT user_id, max(day) AS last, min(day) AS first, ${windows
    .flatMap((days) => {
      const within = `FILTER (day >= ${at} - ${days})`;
      return [
        `sum(count) ${within}`,
        `count(DISTINCT day) ${within}`,
        `sum(value) ${within}`,
        ...["login", "search", "purchase"].map(
          (action) => `sum(count) FILTER (day >= ${at} - ${days} AND action = '${action}')`,
        ),
      ];
    })
    .join(", ")}
  FROM user_days GROUP BY user_id`;

const age = `(${at} - day)`;
const within = (days: number) => `age <= ${days}`;
// CASE takes half the time of FILTER.
const sumIf = (condition: string, of: string) => `sum(CASE WHEN ${condition} THEN ${of} ELSE 0 END)`;
const countIf = (condition: string) => `count_if(${condition})`;
const isAction = (action: string) => `action = '${action}'`;
// As a DOUBLE: a plain literal is a DECIMAL, and several times as slow.
const decay = (hours: number) => `exp(${((-24 * Math.LN2) / hours).toExponential()} * age)`;

const ofActions = [
  ...windows.flatMap((days) =>
    actions.map((action) => `${sumIf(`${within(days)} AND ${isAction(action)}`, "count")} AS count_${action}_${days}d`),
  ),
  ...actions.flatMap((action) => [
    `least(coalesce(min(age) FILTER (${isAction(action)}), 240), 240) AS days_since_${action}_up_to_240d`,
    `${sumIf(isAction(action), "count")} AS lifetime_count_${action}`,
    ...[240, 960].map(
      (hours) => `${sumIf(isAction(action), `count * ${decay(hours)}`)} AS decayed_count_${action}_${hours}h`,
    ),
  ]),
];

const ofDays = [
  ...windows.flatMap((days) => [
    `${sumIf(within(days), "count")} AS actions_${days}d`,
    `${countIf(within(days))} AS active_days_${days}d`,
    `${sumIf(within(days), "value")} AS value_${days}d`,
  ]),
  "min(age) AS days_since_last",
  "max(age) AS days_since_first",
  "count(*) AS lifetime_active_days",
  ...[120, 60].map(
    (days) =>
      `(2 * ${countIf(within(days / 2))} - ${countIf(within(days))}) / greatest(1, ${countIf(within(days))}) AS trend_${days}d`,
  ),
  ...halfLives.flatMap((hours) => [
    `sum(${decay(hours)}) AS decayed_active_days_${hours}h`,
    `sum(value * ${decay(hours)}) AS decayed_value_${hours}h`,
  ]),
  "sum(count) AS lifetime_actions",
  "sum(count) / count(*) AS actions_per_active_day",
  `${sumIf("age BETWEEN 336 AND 365", "count")} AS actions_30d_a_year_ago`,
  `${countIf("age BETWEEN 336 AND 365")} AS active_days_30d_a_year_ago`,
  "sum(value) AS lifetime_value",
  "arg_min(value, age) AS value_of_last_day",
  "sum(value) / count(*) AS value_per_active_day",
  `${countIf("weekday >= 6")} / count(*) AS weekend_share`,
  `(greatest(${[1, 2, 3, 4, 5, 6, 7].map((weekday) => countIf(`weekday = ${weekday}`)).join(", ")}) + 1) / (count(*) + 7) AS commonest_weekday_share`,
];

// quantile_disc takes the gap above where lapse takes the one below; it costs the same.
const gapCount = "count(gap)";
const asLong = countIf("gap >= recency");
const ofGaps = [
  "coalesce(avg(gap), any_value(recency)) AS mean_gap_days",
  "coalesce(max(gap), 0) AS longest_gap_days",
  "any_value(recency) / coalesce(avg(gap), any_value(recency)) AS overdue_ratio",
  "coalesce(median(gap), any_value(recency)) AS median_gap_days",
  "coalesce(stddev_pop(gap), 0) AS sd_gap_days",
  "coalesce(stddev_pop(gap) / avg(gap), 0) AS gap_variation",
  "coalesce(arg_min(gap, age), any_value(recency)) AS last_gap_days",
  "coalesce(arg_min(gap, age, 2)[2], arg_min(gap, age), any_value(recency)) AS second_last_gap_days",
  "coalesce(avg(ln(gap)), any_value(ln(recency))) AS mean_log_gap",
  "coalesce(stddev_pop(ln(gap)), 0) AS sd_log_gap",
  "coalesce(quantile_disc(gap, 0.9), any_value(recency)) AS gap_days_90th_percentile",
  `${asLong} AS gaps_as_long_as_present`,
  `(${asLong} + 0.5) / (${gapCount} + 1) AS share_of_gaps_as_long_as_present`,
  ...[30, 10].map(
    (days) =>
      `(${countIf(`gap >= recency AND gap < recency + ${days}`)} + 0.5) / (${asLong} + 1) AS share_back_within_${days}d`,
  ),
  "any_value(recency) / coalesce(median(gap), any_value(recency)) AS overdue_ratio_to_median",
  "any_value(recency) / greatest(1, coalesce(max(gap), 0)) AS overdue_ratio_to_longest",
  "any_value(recency) / coalesce(quantile_disc(gap, 0.9), any_value(recency)) AS overdue_ratio_to_90th_percentile",
  "ln(any_value(recency)) - coalesce(avg(ln(gap)), any_value(ln(recency))) AS log_overdue",
  "(ln(any_value(recency)) - coalesce(avg(ln(gap)), any_value(ln(recency)))) / sqrt(coalesce(var_pop(ln(gap)), 0) + 0.5) AS standardised_log_overdue",
];

/** The features that lapse makes of this log under a churn window of 30 days, in SQL. */
export const sameFeaturesSql = `
  WITH by_action AS (
    SELECT user_id, ${ofActions.join(", ")} FROM (SELECT *, ${age} AS age FROM user_days) GROUP BY user_id),
  days AS MATERIALIZED (
    SELECT user_id, ${age} AS age, isodow(day) AS weekday, sum(count)::INTEGER AS count, coalesce(sum(value), 0) AS value
    FROM user_days GROUP BY user_id, day),
  by_day AS (SELECT user_id, ${ofDays.join(", ")} FROM days GROUP BY user_id),
  gaps AS (
    SELECT user_id, age, lag(age) OVER by_age - age AS gap, min(age) OVER (PARTITION BY user_id) AS recency
    FROM days WINDOW by_age AS (PARTITION BY user_id ORDER BY age DESC)),
  by_gap AS (SELECT user_id, ${ofGaps.join(", ")} FROM gaps GROUP BY user_id)
  SELECT * FROM by_day JOIN by_gap USING (user_id) JOIN by_action USING (user_id) WHERE days_since_last <= 30`;
