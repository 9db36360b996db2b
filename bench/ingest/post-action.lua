-- Posts single actions as JSON, each with an id of its own that begins with RUN, and prints the result as one line of JSON;
-- latencies in milliseconds.

local run = os.getenv("RUN")
local sent = 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

function request()
  sent = sent + 1
  return wrk.format(nil, nil, nil, string.format(
    '{"user_id":"user-%d","action":"login","timestamp":%d,"event_id":"%s-%d","source":"/bench"}',
    sent * 7919 % 4000, os.time(), run, sent
  ))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"p50":%.4f,"p99":%.4f,"failed":%d}\n',
    summary.requests,
    summary.duration / 1e6,
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout
  ))
end
