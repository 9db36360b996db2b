import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { deliveredPath } from "#runtime/event-route.ts";
import { type DeliveryManifest, parseDuration } from "./delivery.ts";
import { filterExpressionSchema } from "./filter.ts";

/** The part of a kustomization.yaml that says which resources there are. */
export const kustomizationSchema = z.object({ namespace: z.string(), resources: z.array(z.string()) });

const named = z.object({ name: z.string() });

const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: "custom", message: `not an ISO 8601 duration of days or less: ${text}` });
  return z.NEVER;
});

const reference = {
  ref: z.strictObject({
    apiVersion: z.literal("serving.knative.dev/v1"),
    kind: z.literal("Service"),
    name: z.string(),
  }),
};

const serviceReference = z.strictObject(reference).transform(({ ref }) => ref.name);

/** The one path there is beside the root: in this process a function takes events and requests apart anyway. */
const subscriber = z
  .strictObject({ ...reference, uri: z.literal(deliveredPath).optional() })
  .transform(({ ref }) => ref.name);

const delivery = z
  .strictObject({
    retry: z.int().min(0),
    backoffPolicy: z.enum(["linear", "exponential"]),
    backoffDelay: duration,
    timeout: duration,
    deadLetterSink: serviceReference.optional(),
  })
  .transform(
    ({ retry, backoffPolicy, ...rest }): DeliveryManifest => ({ ...rest, retries: retry, backoff: backoffPolicy }),
  );

const broker = z
  .object({
    apiVersion: z.literal("eventing.knative.dev/v1"),
    kind: z.literal("Broker"),
    metadata: named,
    spec: z.object({ delivery: delivery.optional() }).default({}),
  })
  .transform(({ kind, metadata, spec }) => ({ kind, broker: { name: metadata.name, delivery: spec.delivery } }));

const pingSource = z
  .object({
    apiVersion: z.literal("sources.knative.dev/v1"),
    kind: z.literal("PingSource"),
    metadata: named,
    spec: z.strictObject({
      schedule: z.string(),
      timezone: z.string(),
      contentType: z.literal("application/json"),
      data: jsonText(z.unknown()),
      ceOverrides: z.strictObject({ extensions: z.record(z.string(), z.string()) }).default({ extensions: {} }),
      sink: z.strictObject({
        ref: z.strictObject({
          apiVersion: z.literal("eventing.knative.dev/v1"),
          kind: z.literal("Broker"),
          name: z.string(),
        }),
      }),
    }),
  })
  .transform(({ kind, metadata, spec: { schedule, timezone, data, ceOverrides, sink } }) => ({
    kind,
    pingSource: {
      name: metadata.name,
      schedule,
      timezone,
      data,
      extensions: ceOverrides.extensions,
      broker: sink.ref.name,
    },
  }));

const trigger = z
  .object({
    apiVersion: z.literal("eventing.knative.dev/v1"),
    kind: z.literal("Trigger"),
    metadata: named,
    spec: z.strictObject({
      broker: z.string(),
      filter: z.strictObject({ attributes: z.record(z.string(), z.string()) }).default({ attributes: {} }),
      filters: z.array(filterExpressionSchema).default([]),
      subscriber,
      delivery: delivery.optional(),
    }),
  })
  .transform(({ kind, metadata, spec: { filter, filters, ...rest } }) => ({
    kind,
    trigger: { name: metadata.name, filter: { attributes: filter.attributes, expressions: filters }, ...rest },
  }));

const service = z
  .object({
    apiVersion: z.literal("serving.knative.dev/v1"),
    kind: z.literal("Service"),
    metadata: named,
    spec: z.object({
      template: z.object({
        // Any number at a time is Knative's own default.
        spec: z.object({ containerConcurrency: z.int().min(0).default(0) }),
      }),
    }),
  })
  .transform(({ kind, metadata, spec: { template } }) => ({
    kind,
    service: { name: metadata.name, ...template.spec },
  }));

/** Kinds that concern only a cluster. A JobSink is there for an overlay that sends it events; the base sends it none. */
const clusterOnly = z
  .object({
    kind: z.enum(["Namespace", "ConfigMap", "Secret", "ServiceAccount", "NetworkPolicy", "Deployment", "JobSink"]),
  })
  .transform(() => ({ kind: "cluster only" as const }));

/** A resource by its kind. Specs are strict: what the local runner would ignore must not look as if it worked. */
export const resourceSchema = z.discriminatedUnion("kind", [broker, pingSource, trigger, service, clusterOnly]);
