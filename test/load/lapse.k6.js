// biome-ignore-all lint/correctness/noUndeclaredDependencies: these modules are part of the program k6.
// k6 run -e BASE_URL=http://localhost:8080 -e RATE=50 -e USERS=4000 -e SECONDS=60 test/load/lapse.k6.js
// Sends actions to ingest and asks predictions by user id, each RATE times a second however slow the answers are. Ends
// with status 99 when a threshold is crossed: an error, an answer that says something else, or one that is too slow.
import { check } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import { Rate } from "k6/metrics";

const base = __ENV.BASE_URL || "http://localhost:8080";
const rate = numberOf("RATE", 20);
const users = numberOf("USERS", 4000);
const seconds = numberOf("SECONDS", 30);
/** Milliseconds within which 95 of 100 answers are expected. */
const slowest = numberOf("P95_MS", 250);

/** Of the users asked for, how many lapse had features of: with 0, what was measured is no inference. */
const known = new Rate("known_users");

const arrivals = {
  executor: "constant-arrival-rate",
  rate,
  timeUnit: "1s",
  duration: `${seconds}s`,
  // As many as would wait at a time if every answer took a second; up to ten times as many once they do.
  preAllocatedVUs: rate,
  maxVUs: rate * 10,
};

export const options = {
  scenarios: { send: { ...arrivals, exec: "send" }, ask: { ...arrivals, exec: "ask" } },
  thresholds: {
    http_req_failed: ["rate==0"],
    checks: ["rate==1"],
    // What could not even be sent, because all that may wait at a time were waiting.
    dropped_iterations: ["count==0"],
    "http_req_duration{scenario:send}": [`p(95)<${slowest}`],
    "http_req_duration{scenario:ask}": [`p(95)<${slowest}`],
    known_users: ["rate>0"],
  },
  summaryTrendStats: ["avg", "p(50)", "p(95)", "p(99)", "max"],
  discardResponseBodies: false,
};

const sending = parametersFor(__ENV.INGEST_HOST);
const asking = parametersFor(__ENV.PREDICT_HOST);

export function send() {
  const { scenario, instance } = exec;
  const action = {
    user_id: anyUser(),
    action: "load-test",
    timestamp: Date.now(),
    // Also unique over several runs, and over several machines that send.
    event_id: `${scenario.startTime}-${instance.currentTestRunDuration}-${scenario.iterationInTest}-${Math.random()}`,
    source: "/load/k6",
  };
  const answer = http.post(`${base}/events`, JSON.stringify(action), sending);
  check(answer, { "is stored": ({ status, body }) => status === 200 && JSON.parse(body).created === 1 });
}

export function ask() {
  const instances = [{ user_id: anyUser() }];
  const answer = http.post(`${base}/v1/models/churn:predict`, JSON.stringify({ instances }), asking);
  const [prediction] = answer.status === 200 ? JSON.parse(answer.body).predictions : [];
  check(prediction, {
    "is a prediction, of a user who has lapsed, or of one who is not known": (one) =>
      one?.probability > 0 || one?.state === "lapsed" || one?.error !== undefined,
  });
  known.add(prediction?.state !== undefined);
}

/** Of those that `npm start` makes up without a log, and `npx lapse generate`: user-0001 and so on to user-4000. */
function anyUser() {
  return `user-${String(1 + Math.floor(Math.random() * users)).padStart(String(users).length, "0")}`;
}

/** `host` where a gateway tells services apart by it. */
function parametersFor(host) {
  return { headers: { "content-type": "application/json", ...(host ? { host } : {}) }, timeout: "60s" };
}

function numberOf(name, otherwise) {
  const value = Number(__ENV[name] || otherwise);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0.`);
  return value;
}
