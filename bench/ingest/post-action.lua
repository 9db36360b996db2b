-- Posts single actions as JSON, each with an id of its own that begins with RUN.

dofile(os.getenv("RESULT"))

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
