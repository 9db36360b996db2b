import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { ingestItems } from "#functions/ingest/ingest-items.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { Entries, operationOf } from "#stores/actions/elasticsearch/entries.ts";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { actionsOf, itemOf } from "./actions.ts";
import { secondsOf } from "./seconds-of.ts";

/** Takes the actions in by the ingest function, as from bodies that are parsed. Returns the seconds. */
export async function ingestWithLapse(store: ActionStore, count: number, users: number): Promise<number> {
  let seconds = 0;
  for (const actions of chunks(count, users)) {
    const items = actions.map(itemOf);
    seconds += await secondsOf(async () => {
      const { created } = await ingestItems(items, { actions: store, now: Date.now });
      if (created !== items.length) throw new Error(`${created} of ${items.length} were created`);
    });
  }
  return seconds;
}

/** Sends the same documents, made ready before, with nothing but the client. Returns the seconds. */
export async function ingestWithBareLoop(
  elasticsearch: Elasticsearch,
  count: number,
  users: number,
  inFlight: number,
): Promise<number> {
  let seconds = 0;
  for (const actions of chunks(count, users)) {
    const bodies = bodiesOf(elasticsearch, actions);
    const send = async () => {
      for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
        const operations = body;
        const { errors } = await elasticsearch.run("store documents", (client) => client.bulk({ operations }));
        if (errors) throw new Error("Some documents were refused");
      }
    };
    seconds += await secondsOf(() => Promise.all(Array.from({ length: inFlight }, send)));
  }
  return seconds;
}

const bulkSize = 5_000;
/** So many actions are made ready at a time, outside of the time that is measured. */
const chunkSize = 200_000;

function* chunks(count: number, users: number): Generator<Action[]> {
  let chunk: Action[] = [];
  for (const action of actionsOf(count, users)) {
    chunk.push(action);
    if (chunk.length < chunkSize) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function bodiesOf(elasticsearch: Elasticsearch, actions: readonly Action[]): object[][] {
  const ingested = new Date().toISOString();
  const entries = new Entries(actions).take(actions.length);
  return Array.from({ length: Math.ceil(entries.length / bulkSize) }, (_, i) =>
    entries.slice(i * bulkSize, (i + 1) * bulkSize).flatMap((entry) => {
      const { action, document = "" } = operationOf(elasticsearch, entry, ingested);
      return [action, document].map((line) => object.parse(JSON.parse(line)));
    }),
  );
}

const object = z.looseObject({});
