/** The names of lapse's metrics and recorded series in a PromQL expression, histograms without their suffix. */
export function lapseMetricsIn(expression: string): string[] {
  const withoutStrings = expression.replace(/"[^"]*"/g, '""');
  return [...withoutStrings.matchAll(/\blapse[_:][a-z0-9_:]+/g)].map(([name]) =>
    name.replace(/(_duration_seconds|_probability|_instances)_(bucket|sum|count)$/, "$1"),
  );
}

/** Each series selector in a PromQL expression with its matchers, without range and offset. */
export function selectorsIn(expression: string): string[] {
  const found = expression.matchAll(/\b((?:lapse|kn)[_:][a-z0-9_:]+|up|push_time_seconds|ALERTS)(\{[^}]*\})?/g);
  return [...new Set([...found].map(([selector]) => selector))];
}
