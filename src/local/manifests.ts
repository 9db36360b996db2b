import { join } from "node:path";
import * as z from "zod";
import type { DeliveryManifest } from "./delivery.ts";
import { BadManifests } from "./failures.ts";
import type { TriggerFilter } from "./filter.ts";
import { kustomizationSchema, resourceSchema } from "./manifest-schema.ts";

/** What the local runner needs to know of the resources that make up lapse in a cluster. */
export interface Manifests {
  readonly namespace: string;
  readonly broker: BrokerManifest;
  readonly pingSources: readonly PingSource[];
  readonly triggers: readonly Trigger[];
  readonly services: readonly Service[];
}

export interface BrokerManifest {
  readonly name: string;
  readonly delivery?: DeliveryManifest | undefined;
}

export interface PingSource {
  readonly name: string;
  /** Five cron fields. */
  readonly schedule: string;
  /** IANA name. */
  readonly timezone: string;
  readonly data: unknown;
  readonly extensions: Readonly<Record<string, string>>;
  /** The Broker that it sends to. */
  readonly broker: string;
}

export interface Trigger {
  readonly name: string;
  readonly broker: string;
  readonly filter: TriggerFilter;
  /** The name of the Service that takes the events. */
  readonly subscriber: string;
  readonly delivery?: DeliveryManifest | undefined;
}

export interface Service {
  readonly name: string;
  /** Requests that one pod handles at a time; 0 is any number. */
  readonly containerConcurrency: number;
}

/**
 * What the resources say that a folder's kustomization.yaml lists, so that what is wired here is what would be applied. `read` gives the
 * content of one of its files. Kinds that concern only a cluster are passed over; a field that the local runner does not understand is
 * a fault. Throws BadManifests with every fault found.
 */
export async function manifestsOf(folder: string, read: (file: string) => Promise<unknown>): Promise<Manifests> {
  const resource = async <T>(file: string, schema: z.ZodType<T>): Promise<T> => {
    try {
      return schema.parse(await read(file));
    } catch (error) {
      throw new BadManifests(`Cannot read the manifest ${join(folder, file)}: ${messageOf(error)}`, { cause: error });
    }
  };
  const { namespace, resources } = await resource("kustomization.yaml", kustomizationSchema);
  const settled = await Promise.allSettled(resources.map((file) => resource(file, resourceSchema)));
  const faults = settled.flatMap((result) => (result.status === "rejected" ? [messageOf(result.reason)] : []));
  if (faults.length > 0) throw new BadManifests(faults.join("\n"));
  const found = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const [broker, second] = found.flatMap((one) => (one.kind === "Broker" ? [one.broker] : []));
  if (broker === undefined || second !== undefined) {
    throw new BadManifests(`${folder} must list exactly one Broker: the local runner has only one.`);
  }
  return {
    namespace,
    broker,
    pingSources: found.flatMap((one) => (one.kind === "PingSource" ? [one.pingSource] : [])),
    triggers: found.flatMap((one) => (one.kind === "Trigger" ? [one.trigger] : [])),
    services: found.flatMap((one) => (one.kind === "Service" ? [one.service] : [])),
  };
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
