import type { estypes } from "@elastic/elasticsearch";
import type { ListMove, ListState } from "#churn/list/listed-user.ts";
import type { Query } from "../../connections/elasticsearch/search.ts";
import { type Place, unknownKey } from "../cursor.ts";
import type { UserFilter, UserOrder } from "../user-list.ts";

export function queryOf(filter: UserFilter): Query {
  const filters: Query[] = [
    ...(filter.state === undefined ? [] : [states[filter.state]]),
    ...(filter.moved === undefined ? [] : [moves[filter.moved]]),
    ...(filter.untold === undefined ? [] : [untold[filter.untold]]),
    ...within("probability", filter.minProbability, filter.maxProbability),
    ...within("value", filter.minValue, filter.maxValue),
    ...within("silence", filter.minSilence, filter.maxSilence),
    ...within("tenure", filter.minTenure, filter.maxTenure),
    ...(filter.reason === undefined ? [] : [{ term: { "lapse.reason_groups": filter.reason } }]),
    ...(filter.idPrefix === undefined ? [] : [{ prefix: { "user.id": { value: filter.idPrefix } } }]),
  ];
  return filters.length === 0 ? { match_all: {} } : { bool: { filter: filters } };
}

export function sortOf(order: UserOrder): estypes.SortCombinations[] {
  const byId: estypes.SortCombinations = { "user.id": "asc" };
  if (order === "user_id") return [byId];
  return [{ [`lapse.${order}`]: { order: "desc", missing: unknownKey } }, byId];
}

/** What `search_after` takes for a place in this order. */
export function searchAfter({ key, userId }: Place, order: UserOrder): (string | number)[] {
  return order === "user_id" ? [userId] : [key, userId];
}

/** The condition of each state. */
export const states: Readonly<Record<ListState, Query>> = {
  here: { term: { "lapse.state": "here" } },
  slipping: { term: { "lapse.risk": "medium" } },
  at_risk: { term: { "lapse.risk": "high" } },
  lapsed: { term: { "lapse.state": "lapsed" } },
};

/** Documents that were written before it was kept go by the risk before. */
const wasAtRisk: Query = {
  bool: {
    should: [
      { term: { "lapse.was_at_risk": true } },
      {
        bool: {
          filter: [{ term: { "lapse.risk_before": "high" } }],
          must_not: [{ exists: { field: "lapse.was_at_risk" } }],
        },
      },
    ],
    minimum_should_match: 1,
  },
};

/** On the last list that others were told of; likewise by that of the snapshot before. */
const toldAtRisk: Query = {
  bool: {
    should: [
      { term: { "lapse.told_at_risk": true } },
      { bool: { filter: [wasAtRisk], must_not: [{ exists: { field: "lapse.told_at_risk" } }] } },
    ],
    minimum_should_match: 1,
  },
};

/** The condition of each move. */
export const moves = movesFrom({ atRisk: wasAtRisk, surelyAtRisk: wasAtRisk });

/** Others were told of a later list in part, by which a user may be the opposite. */
const isUnsure: Query = { exists: { field: "lapse.begun_risk" } };

/** The same since the last list that others were told of, where they may hold either after a list that was told of in part. */
const untold = movesFrom({
  atRisk: { bool: { should: [toldAtRisk, isUnsure], minimum_should_match: 1 } },
  surelyAtRisk: { bool: { filter: [toldAtRisk], must_not: [isUnsure] } },
});

interface Before {
  /** Who was at risk before, or may have been. */
  readonly atRisk: Query;
  readonly surelyAtRisk: Query;
}

function movesFrom({ atRisk, surelyAtRisk }: Before): Readonly<Record<ListMove, Query>> {
  return {
    entered: { bool: { filter: [states.at_risk], must_not: [surelyAtRisk] } },
    calmed: { bool: { filter: [{ term: { "lapse.risk": "low" } }, atRisk] } },
    lost: { bool: { filter: [states.lapsed, atRisk] } },
  };
}

function within(field: string, low: number | undefined, high: number | undefined): Query[] {
  if (low === undefined && high === undefined) return [];
  const bounds = { ...(low === undefined ? {} : { gte: low }), ...(high === undefined ? {} : { lte: high }) };
  return [{ range: { [`lapse.${field}`]: bounds } }];
}
