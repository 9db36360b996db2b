-- Posts JSON. Each request carries the file BODY, or, where USERS is set, asks for one of as many users, user-0 and so on,
-- in turn.

dofile(os.getenv("RESULT"))

local users = tonumber(os.getenv("USERS") or "")

local function body()
  local file = assert(io.open(os.getenv("BODY"), "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

if users == nil then
  wrk.body = body()
else
  local made = {}
  local next = 0
  request = function()
    local user = next
    next = (next + 1) % users
    local text = made[user]
    if text == nil then
      text = wrk.format(nil, nil, nil, string.format('{"instances":[{"user_id":"user-%d"}]}', user))
      made[user] = text
    end
    return text
  end
end
