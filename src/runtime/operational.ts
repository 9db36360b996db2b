import { NotFound } from "#churn/failure.ts";
import { type HttpResponse, json } from "./http.ts";

/** What GET /metrics answers: a prom-client registry. */
export interface Exposition {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** What a platform asks of every function: is it alive, may it be sent requests, how is it doing. */
export async function operational(
  method: string,
  path: string,
  { exposition, stopping }: { exposition: Exposition; stopping: boolean },
): Promise<HttpResponse> {
  if (method !== "GET" && method !== "HEAD") throw new NotFound("There is nothing on this path.");
  switch (path) {
    case "/healthz":
      return json(200, { status: "alive" });
    case "/readyz":
      return stopping ? json(503, { status: "stopping" }) : json(200, { status: "ready" });
    case "/metrics":
      return { status: 200, headers: { "content-type": exposition.contentType }, body: await exposition.metrics() };
    default:
      throw new NotFound("There is nothing on this path.");
  }
}
