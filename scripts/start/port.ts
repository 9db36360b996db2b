import { once } from "node:events";
import { createServer } from "node:net";
import type { FastifyInstance } from "fastify";
import { Failure } from "#churn/failure.ts";

export class PortTaken extends Failure {
  override readonly name = "PortTaken";
  override readonly kind = "unavailable";
}

/** Only this machine has access: anyone who can reach the port can read users and send actions. */
const host = "localhost";

/** Throws PortTaken if another process listens on the port. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(port, host), "listening");
  } catch (cause) {
    throw new PortTaken(`Port ${port} is in use. Choose another: PORT=${port + 1} npm start`, { cause });
  }
  server.close();
  await once(server, "close");
}

/** Listens, and returns the URL; port 0 is any free port. */
export async function listen(server: FastifyInstance, port: number): Promise<string> {
  await server.listen({ host, port });
  return `http://${host}:${server.addresses()[0]?.port ?? port}`;
}
