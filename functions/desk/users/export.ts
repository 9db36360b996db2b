import { formatDay } from "#churn/day.ts";
import { type ListedUser, valueAtRisk } from "#churn/list/listed-user.ts";
import { csvLine } from "#runtime/csv.ts";

const columns = [
  ...["user_id", "state", "probability", "risk", "value", "value_at_risk", "silent_days", "tenure_days"],
  ...["lapsed_since", "because"],
];

/** Users as CSV that is safe to open in a spreadsheet, line by line. */
export async function* userLines(users: AsyncIterable<ListedUser>): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const user of users) yield lineOf(user);
}

function lineOf(user: ListedUser): string {
  const { userId, state, probability, risk, value, silence, tenure, lapsedSince, reasons } = user;
  return csvLine([
    ...[userId, state, probability, risk, value, valueAtRisk(user), silence, tenure],
    lapsedSince === undefined ? undefined : formatDay(lapsedSince),
    reasons.map(({ sentence }) => sentence).join("; "),
  ]);
}
