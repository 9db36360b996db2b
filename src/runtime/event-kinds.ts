import * as z from "zod";
import { risksThen } from "#churn/risk-change.ts";
import { riskBases } from "#churn/risk-rule.ts";
import { type EventOf, eventKind } from "./event-kind.ts";

/** What asks for a nightly job: by hand, the present day may count as well, to take in what was just sent. */
const jobData = z
  .object({ through: z.enum(["yesterday", "today"]).default("yesterday") })
  .default({ through: "yesterday" });

/** The type of what Knative's PingSources send; the job is told by an extension attribute. */
export const pingType = "dev.knative.sources.ping";

/** PingSource features: compute the features. */
export const featuresPing = eventKind({ type: pingType, extensions: { lapsejob: "features" }, data: jobData });

/** PingSource train: train a model. */
export const trainPing = eventKind({ type: pingType, extensions: { lapsejob: "train" }, data: jobData });

/** What asks for each nightly job, by the job's name. */
export const pings = { features: featuresPing, train: trainPing };

/** What an application sends: subject is the user id, data is `{action, value?, timestamp?}`, which ingest judges. */
export const actionEvent = eventKind({ type: "dev.lapse.action", data: z.unknown() });

/**
 * What the business did to a user, such as a mail that it sent: subject is the user id, data is `{action?, value?,
 * timestamp?, campaign?, channel?, opt_out?}`, which ingest judges. Stored as a passive action, and as a contact.
 */
export const contactEvent = eventKind({ type: "dev.lapse.contact", data: z.unknown() });

const sliceData = z.object({
  /** The id of the run. */
  run: z.string().max(100),
  /** Its number, from 0. */
  slice: z.int().min(0).max(255),
});

/** A slice of a roll-up is to be done. */
export const rollUpSlice = eventKind({ type: "dev.lapse.rollup.slice", data: sliceData });

/** A slice of a run of features is to be done. */
export const featuresSlice = eventKind({ type: "dev.lapse.features.slice", data: sliceData });

/** A slice of a run of score is to be done. */
export const scoreSlice = eventKind({ type: "dev.lapse.score.slice", data: sliceData });

/** The features of all users were replaced. */
export const featuresUpdated = eventKind({
  type: "dev.lapse.features.updated",
  data: z.object({
    /** ISO 8601 date. */
    snapshot: z.iso.date(),
    /** Who are here, and so have features. */
    users: z.int(),
    lapsed: z.int(),
    user_days: z.int(),
  }),
});

/** A version of the model; what it was judged on is told by training, not by a person who moves an alias. */
const modelData = z.object({
  version: z.string(),
  reason: z.string().optional(),
  auc: z.number().optional(),
  log_loss: z.number().optional(),
  /** Their 95 % intervals. */
  auc_low: z.number().optional(),
  auc_high: z.number().optional(),
  log_loss_low: z.number().optional(),
  log_loss_high: z.number().optional(),
  /** Of the test that they are of: how many rows, and the ISO dates of its snapshots. */
  rows: z.int().optional(),
  snapshots: z.array(z.string()).optional(),
  /** By the days since the last action alone, on the same users. */
  recency_auc: z.number().optional(),
  recency_log_loss: z.number().optional(),
  /** With the share that churned before for everybody, on the same users. */
  plain_rate_log_loss: z.number().optional(),
  /** Why the newest data look broken, by which no model is promoted (champion_loss, volume, mix); absent if they do not. */
  frozen: z.array(z.string()).optional(),
});

/** A version became the champion. */
export const modelPromoted = eventKind({ type: "dev.lapse.model.promoted", data: modelData });

/** A new version did not become the champion. */
export const modelRejected = eventKind({ type: "dev.lapse.model.rejected", data: modelData });

/** Every user who is here was scored. */
export const usersScored = eventKind({
  type: "dev.lapse.users.scored",
  data: z.object({
    model_version: z.string(),
    /** The number of the run that made the list, greater than those before. */
    run: z.int().optional(),
    users: z.int(),
    high: z.int(),
    medium: z.int(),
    low: z.int(),
    lapsed: z.int(),
    /** From which probability on users are at risk and slipping, and by what that is; above 1 if no one is. */
    at_risk_from: z.number().optional(),
    slipping_from: z.number().optional(),
    thresholds_by: z.enum(riskBases).optional(),
  }),
});

const changeCounts = z.object({ entered: z.int(), left: z.int(), lapsed: z.int() });

/**
 * The risk of one user has changed since the last list that was told of: subject is the user id. The extension attributes `riskchange`,
 * `risk` and `previousrisk` repeat what a Trigger may filter by.
 */
export const userRiskChanged = eventKind({
  type: "dev.lapse.user.risk.changed",
  data: z.object({
    user_id: z.string(),
    /** ISO 8601 date. */
    snapshot: z.iso.date(),
    model_version: z.string(),
    /** From now on at risk, no more at risk, or lost. */
    change: z.enum(["entered", "left", "lapsed"]),
    /** What the user was on the last list that was told of; absent if they were not on it. */
    previous: z.object({ risk: z.string(), probability: z.number().optional() }).optional(),
    risk: z.enum(risksThen),
    probability: z.number().optional(),
    value: z.number().optional(),
    /** In words, the weightiest first. */
    reasons: z.array(z.string()),
  }),
});

/** Of a part of a list, each user whose risk has changed has been told of, by an event each. */
export const risksTold = eventKind({
  type: "dev.lapse.users.risk.told",
  data: z.object({
    snapshot: z.iso.date(),
    model_version: z.string(),
    /** As that of dev.lapse.users.scored. */
    run: z.int().optional(),
    /** All that were told of this list up to here. */
    told: changeCounts,
    /** Where the next part begins. */
    next: z.object({ part: z.enum(["entered", "left", "lapsed"]), cursor: z.string().optional() }),
  }),
});

/** Users of a campaign to be contacted, of the treatment only: a part of its list, which a person sends to the webhook. */
export const campaignAudience = eventKind({
  type: "dev.lapse.campaign.audience",
  data: z.object({
    /** Its id and name. */
    campaign: z.string(),
    name: z.string(),
    /** Counted from 1. */
    part: z.int(),
    users: z.array(z.object({ user_id: z.string(), probability: z.number().optional(), value: z.number().optional() })),
    /** Users in all parts together. */
    users_in_all: z.int(),
  }),
});

/** What there is to know of one day, once its list is told of. */
export const digest = eventKind({
  type: "dev.lapse.digest",
  data: z.object({
    snapshot: z.iso.date(),
    model_version: z.string(),
    here: z.int(),
    slipping: z.int(),
    at_risk: z.int(),
    lapsed: z.int(),
    value_at_risk: z.number(),
    /** Since the last list that was told of. */
    changed: changeCounts,
    /** Those at risk of whom most would be lost. */
    top: z.array(
      z.object({
        user_id: z.string(),
        probability: z.number(),
        value: z.number().optional(),
        reasons: z.array(z.string()),
      }),
    ),
  }),
});

export type FeaturesPing = EventOf<typeof featuresPing>;
export type TrainPing = EventOf<typeof trainPing>;

/** Every type that lapse takes or sends. */
export const eventTypes: readonly string[] = [
  ...new Set(
    [
      featuresPing,
      trainPing,
      actionEvent,
      contactEvent,
      rollUpSlice,
      featuresSlice,
      scoreSlice,
      featuresUpdated,
      modelPromoted,
      modelRejected,
      usersScored,
      userRiskChanged,
      risksTold,
      digest,
      campaignAudience,
    ].map(({ type }) => type),
  ),
];
