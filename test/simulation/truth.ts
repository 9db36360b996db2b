import type { Day } from "#churn/day.ts";
import { DatasetBuilder } from "#churn/features/dataset.ts";
import { pairedDifference } from "#churn/metrics/paired-bootstrap.ts";
import type { Estimate } from "#churn/model/estimate.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilitiesOf } from "#churn/model/predict.ts";
import type { UserHistory } from "#churn/user-history.ts";

type Served = Pick<ModelManifest, "definition" | "parameters">;

/**
 * How much better (below 0) one model really is than another: the difference of their log losses as served, on many other
 * people who live as those of the log do and of whom everything is known, at a snapshot and a churn window later.
 */
export function trueDifference(a: Served, b: Served, others: readonly UserHistory[], snapshot: Day): Estimate {
  const rowsOf = ({ definition }: Served) => {
    const snapshots = [snapshot, snapshot + definition.churn.churnDays];
    const builder = new DatasetBuilder({ definition, snapshots });
    for (const history of others) builder.add(history);
    return builder.build();
  };
  const rows = rowsOf(a);
  const isSame = JSON.stringify(a.definition) === JSON.stringify(b.definition);
  const [own, its] = [probabilitiesOf(a.parameters, rows), probabilitiesOf(b.parameters, isSame ? rows : rowsOf(b))];
  return pairedDifference(rows.y, own, its, rows.users, "truth", 200);
}
