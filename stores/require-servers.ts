const needed = ["ELASTICSEARCH_URL", "MINIO_URL", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", "PUSHGATEWAY_URL"];

/** Ends the suites on real servers before the first test where the servers are not named. */
export function setup(): void {
  const missing = needed.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`The suites on real servers need ${missing.join(", ")}: nothing was tested.`);
}
