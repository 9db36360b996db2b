import { NodeExchange } from "./exchange/node-exchange.ts";
import { type Listener, type MakeListener, straight } from "./listener.ts";
import { nothingThere } from "./targets.ts";

/**
 * Finds routes by Fastify, which knows paths with parameters. It is loaded for the first request that needs it: to load it and
 * to make its routes is a quarter of a predictor's start, whose first request is most often for a path without any. Where that
 * fails, those that waited for it are told of a defect, and the next one tries again.
 */
export const fastifyListener: MakeListener = async (served, responder) => {
  let routing: Promise<Listener> | undefined;
  const load = async (): Promise<Listener> => {
    try {
      const { fastifyServer } = await import("./fastify-server.ts");
      const app = fastifyServer(served, responder);
      await app.ready();
      return app.routing;
    } catch (error) {
      routing = undefined;
      const handle = () => Promise.reject(error);
      const target = { ...nothingThere(served), handle };
      return (request, response) => responder.respond(new NodeExchange(request, response), target);
    }
  };
  return straight(served, responder, async (request, response) => {
    routing ??= load();
    return (await routing)(request, response);
  });
};
