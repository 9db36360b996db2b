import { once } from "node:events";
import { BlockList, createServer, isIP } from "node:net";
import type { FastifyInstance } from "fastify";
import { Failure, InvalidInput } from "#churn/failure.ts";

export class PortTaken extends Failure {
  override readonly name = "PortTaken";
  override readonly kind = "unavailable";
}

/** Both loopback addresses, so that clients find it whichever they try first. */
export const thisMachine = "localhost";

/** Throws PortTaken if another process listens on the port, InvalidInput if the address is none of this machine's. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(port, host), "listening");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      throw new InvalidInput(`This machine has no address ${host} to listen on.`, { cause });
    throw new PortTaken(`Port ${port} is in use. Choose another: PORT=${port + 1} npm start`, { cause });
  }
  server.close();
  await once(server, "close");
}

/**
 * Listens, and returns the URL; port 0 is any free port. Where only this machine is meant to reach it, that is looked at:
 * what localhost means is up to a file that anything may have changed.
 */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  await server.listen({ host, port });
  const addresses = server.addresses();
  const others = addresses.filter(({ address }) => !isLoopback(address));
  if (host === thisMachine && others.length > 0) {
    await server.close();
    throw new InvalidInput(
      `localhost is ${others[0]?.address} here, which other machines reach. Start with --host 127.0.0.1.`,
    );
  }
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return `http://${isReachable(host) && isAny(host) ? thisMachine : name}:${addresses[0]?.port ?? port}`;
}

/** Whether other machines may reach what listens on an address. */
export function isReachable(host: string): boolean {
  return host !== thisMachine && !isLoopback(host);
}

function isAny(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function isLoopback(address: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8, "ipv4");
  loopback.addAddress("::1", "ipv6");
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? "ipv6" : "ipv4");
}
