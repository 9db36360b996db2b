import { formatDay } from "#churn/day.ts";
import { type ListedUser, valueAtRisk } from "#churn/list/listed-user.ts";
import { csvLine } from "#runtime/csv.ts";
import type { HttpResponse } from "#runtime/http.ts";

const columns = [
  ...["user_id", "state", "probability", "risk", "value", "value_at_risk", "silent_days", "tenure_days"],
  ...["lapsed_since", "because"],
];

/** Users as CSV that is safe to open in a spreadsheet, sent while they are read: no more than a piece is held at a time. */
export function csvResponse(users: AsyncIterable<ListedUser>): HttpResponse {
  return {
    status: 200,
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="users.csv"',
      "cache-control": "no-store",
    },
    body: csvLine(columns),
    rest: pieces(users),
  };
}

/** Characters in a piece, about. */
const pieceLength = 65_536;

async function* pieces(users: AsyncIterable<ListedUser>): AsyncGenerator<string> {
  let piece = "";
  for await (const user of users) {
    piece += lineOf(user);
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

function lineOf(user: ListedUser): string {
  const { userId, state, probability, risk, value, silence, tenure, lapsedSince, reasons } = user;
  return csvLine([
    ...[userId, state, probability, risk, value, valueAtRisk(user), silence, tenure],
    lapsedSince === undefined ? undefined : formatDay(lapsedSince),
    reasons.map(({ sentence }) => sentence).join("; "),
  ]);
}
