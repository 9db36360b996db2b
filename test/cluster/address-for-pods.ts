import { once } from "node:events";
import { connect } from "node:net";
import { gateway } from "./requests.ts";

/** The address of this machine at which pods reach it: the one from which it reaches them. */
export async function addressForPods(): Promise<string> {
  const { hostname, port } = new URL(gateway);
  const socket = connect(Number(port || 80), hostname);
  await once(socket, "connect");
  const address = socket.localAddress ?? "";
  socket.destroy();
  return address;
}
