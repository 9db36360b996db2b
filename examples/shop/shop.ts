import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import type { RecordAction } from "./record-action.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a request to this route is called; a route without it, such as a health check, is no action of anybody. */
    action?: string;
  }
  interface FastifyRequest {
    /** A number that the action carries, here money. */
    actionValue?: number;
  }
}

/** A small shop: what it does for customers, and one hook that records each request of theirs as an action. */
export function createShop(record: RecordAction): FastifyInstance {
  const app = fastify();
  const carts = new Map<string, string[]>();

  recordActions(app, record);
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get<{ Params: { id: string } }>("/products/:id", { config: { action: "view" } }, async ({ params }) => ({
    ...params,
    price: priceOf(params.id),
  }));
  app.put<{ Params: { id: string } }>("/cart/:id", { config: { action: "add-to-cart" } }, async (request) => {
    const user = userOf(request) ?? "";
    carts.set(user, [...(carts.get(user) ?? []), request.params.id]);
    return { cart: carts.get(user) };
  });
  app.post("/orders", { config: { action: "purchase" } }, async (request, reply) => {
    const cart = carts.get(userOf(request) ?? "") ?? [];
    if (cart.length === 0) return reply.code(409).send({ error: "The cart is empty." });
    carts.delete(userOf(request) ?? "");
    request.actionValue = cart.reduce((sum, id) => sum + priceOf(id), 0);
    return reply.code(201).send({ total: request.actionValue });
  });
  return app;
}

/** One action per request that did what a known user asked for. It is recorded once the answer is on its way. */
function recordActions(app: FastifyInstance, record: RecordAction): void {
  app.decorateRequest("actionValue", undefined);
  app.addHook("onResponse", async (request, reply) => {
    const { action } = request.routeOptions.config;
    const userId = userOf(request);
    if (action === undefined || userId === undefined || reply.statusCode >= 400) return;
    await record({ userId, action, value: request.actionValue });
  });
}

/** Who asks: the header that a gateway in front would set, or a cookie. Your application knows its users better. */
function userOf({ headers }: FastifyRequest): string | undefined {
  const header = headers["x-user-id"];
  if (typeof header === "string") return header;
  return /(?:^|;\s*)user=([^;]+)/.exec(headers.cookie ?? "")?.[1];
}

function priceOf(id: string): number {
  return 5 + (id.length % 10);
}
