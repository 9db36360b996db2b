/** What people do in a visit, after the login. */
export const actionNames = [
  "search",
  "view",
  "purchase",
  "share",
  "export",
  "invite",
  "change_theme",
  "support_ticket",
  "cancel_page",
] as const;

export type ActionName = (typeof actionNames)[number];

/** A kind of user: how often they come, what they do, how easily they leave. */
export interface Kind {
  /** Share of all users. */
  readonly share: number;
  /** Median probability of coming on an ordinary day. */
  readonly rate: number;
  /** Median number of actions in a visit, besides the login. */
  readonly busyness: number;
  readonly hour: number;
  /** How much less (below 1) or more they come on a Saturday or Sunday. */
  readonly weekend: number;
  /** Probability of giving up on a day, for a settled user in a neutral mood. */
  readonly hazard: number;
  /** Median price of a purchase. */
  readonly price: number;
  /** Relative frequency of each action, in the order of `actionNames`. */
  readonly habits: readonly number[];
}

const professional: Kind = {
  ...{ share: 0.22, rate: 0.5, busyness: 2.2, hour: 13, weekend: 0.25, hazard: 0.0004, price: 45 },
  habits: [30, 45, 1.5, 4, 6, 1, 0.5, 1, 0.15],
};

const regular: Kind = {
  ...{ share: 0.4, rate: 0.27, busyness: 1.8, hour: 18, weekend: 1.2, hazard: 0.0006, price: 20 },
  habits: [25, 55, 4, 6, 0.7, 1, 1, 1.1, 0.25],
};

const casual: Kind = {
  ...{ share: 0.3, rate: 0.12, busyness: 1.3, hour: 19, weekend: 1.5, hazard: 0.0009, price: 15 },
  habits: [20, 65, 2.5, 4, 0.2, 0.3, 1, 0.9, 0.35],
};

const bargainHunter: Kind = {
  ...{ share: 0.08, rate: 0.2, busyness: 2, hour: 20, weekend: 1.3, hazard: 0.0012, price: 9 },
  habits: [55, 30, 8, 1, 0.1, 0.2, 0.3, 1.4, 0.5],
};

export const kinds: readonly [Kind, ...Kind[]] = [professional, regular, casual, bargainHunter];
