import { type Listener, type MakeListener, straight } from "./listener.ts";

/**
 * Finds routes by Fastify, which knows paths with parameters. It is loaded for the first request that needs it: to load it and
 * to make its routes is a quarter of a predictor's start, whose first request is most often for a path without any.
 */
export const fastifyListener: MakeListener = async (served, responder) => {
  let routing: Promise<Listener> | undefined;
  const load = async () => {
    const { fastifyServer } = await import("./fastify-server.ts");
    const app = fastifyServer(served, responder);
    await app.ready();
    return app.routing;
  };
  return straight(served, responder, async (request, response) => {
    routing ??= load();
    return (await routing)(request, response);
  });
};
