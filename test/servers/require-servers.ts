import { tellingFailure } from "#test/support/telling-failure.ts";

const addresses = [
  "ELASTICSEARCH_URL",
  // Another one, with security: the URL has the name and password of an administrator.
  "SECURED_ELASTICSEARCH_URL",
  // A folder under `path.repo` in the settings of the latter.
  "ELASTICSEARCH_REPOSITORY_PATH",
  "MINIO_URL",
  "MINIO_ACCESS_KEY",
  "MINIO_SECRET_KEY",
  "PUSHGATEWAY_URL",
];
/** Paths of programs that suites start by themselves. */
const programs = ["FILEBEAT", "K6", "JMETER", "OTELCOL", "PROMETHEUS", "PROMTOOL", "SCHEMATHESIS", "MODEL_CLIENTS"];

/** Fails the suites on real servers before the first test if the servers are not named. */
export const setup = tellingFailure(() => {
  const missing = [...addresses, ...programs].filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`The suites on real servers need ${missing.join(", ")}: nothing was tested.`);
});
