import type { Drift } from "#runtime/metrics/drift.ts";
import type { Audit } from "#stores/audit/audit.ts";

/** Features named, those that have drifted most. */
const mostNamed = 5;

/** Keeps the drift of a day with what functions did; once for each set of features and version. `now` is in milliseconds. */
export async function recordDrift(
  { probability, features }: Drift,
  { setId, version, now }: { readonly setId: string; readonly version: string; readonly now: number },
  audit: Pick<Audit, "append">,
): Promise<void> {
  const worst = [...features]
    .filter(([, psi]) => Number.isFinite(psi))
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostNamed);
  await audit.append({
    id: `drift-${setId}-${version}`.slice(0, 100),
    at: now,
    action: "drift.measured",
    who: "the function monitor",
    from: "the users of the day",
    target: version,
    details: {
      ...(probability !== undefined && Number.isFinite(probability) && { probability }),
      ...Object.fromEntries(worst.map(([name, psi]) => [`feature ${name}`.slice(0, 100), psi])),
    },
  });
}
