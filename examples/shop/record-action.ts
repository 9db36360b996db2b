import { randomUUID } from "node:crypto";
import { CloudEvent, HTTP } from "cloudevents";

/** What a user did, as a request knows it. */
interface UserAction {
  readonly userId: string;
  readonly action: string;
  readonly value: number | undefined;
}

/** Never rejects: what the shop does for its customers does not depend on it. */
export type RecordAction = (action: UserAction) => Promise<void>;

/** Writes one line of JSON with names of the Elastic Common Schema, for whatever collects the logs. */
export function asLines(write: (line: string) => void): RecordAction {
  return async ({ userId, action, value }) => {
    const line = {
      "@timestamp": new Date().toISOString(),
      "ecs.version": "8.17.0",
      "service.name": "shop",
      // By this a line is known to be an action, among all else that an application writes.
      "event.dataset": "lapse.actions",
      // An id of its own, so that the line counts once however often it is delivered.
      "event.id": randomUUID(),
      "event.action": action,
      "user.id": userId,
      "lapse.value": value,
    };
    write(`${JSON.stringify(line)}\n`);
  };
}

/** Sends one CloudEvent to ingest. It tries three times; a failure after that is told, and the action is lost. */
export function asCloudEvents(url: string, warn: (message: string) => void): RecordAction {
  return async ({ userId, action, value }) => {
    const event = new CloudEvent({
      type: "dev.lapse.action",
      source: "/shop",
      subject: userId,
      data: { action, value },
    });
    const { headers, body } = HTTP.binary(event);
    let failure = "";
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        const signal = AbortSignal.timeout(5000);
        const answer = await fetch(url, {
          method: "POST",
          headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
          body: String(body),
          signal,
        });
        if (answer.ok) return;
        failure = `${answer.status} ${await answer.text()}`;
        // What is wrong with the action itself is wrong next time too.
        if (answer.status === 400) break;
      } catch (error) {
        failure = String(error);
      }
    }
    warn(`An action was not taken: ${failure}`);
  };
}
