import { isIPv4 } from "node:net";
import { header } from "../headers.ts";
import { isSameOrigin, type Refused } from "./access-gate.ts";
import type { Admission, Gate } from "./gate.ts";
import { problem } from "./problem.ts";

/**
 * Lets in only what is meant for this machine, where a process listens on it alone and asks nobody who they are. A page of
 * another site can make a browser send requests here: under a name of its own that it points at 127.0.0.1 (DNS rebinding),
 * which the Host header gives away, or across origins, which Origin and Sec-Fetch-Site do. `names` are further names by
 * which this machine is reached; undefined lets any name in, where everybody must say who they are. `refused` is told of each request that is not let in.
 */
export function machineGate(
  names: readonly string[] | undefined,
  refused: (refused: Refused) => void = () => undefined,
): Gate {
  const known = names && new Set(["localhost", "[::1]", ...names.map((name) => name.toLowerCase())]);
  return {
    admit(request): Admission {
      const host = header(request, "host");
      const name = nameOf(host);
      if (known !== undefined && !(known.has(name) || isLoopback(name))) {
        refused({ status: 421, role: undefined, reason: "other_host", caller: undefined, request });
        const detail = `This lapse is for this machine only, and not for the name ${JSON.stringify((host ?? "").slice(0, 100))}. Use localhost, or start it with HOSTS=NAME.`;
        return { refusal: problem(421, detail) };
      }
      if (!isSameOrigin(request)) {
        refused({ status: 403, role: undefined, reason: "other_origin", caller: undefined, request });
        const from = header(request, "origin") ?? "another site";
        return { refusal: problem(403, `A page of ${from} must not change anything here.`) };
      }
      return {};
    },
  };
}

/** The name in a Host header, without its port; empty if there is none. */
function nameOf(host = ""): string {
  return host.toLowerCase().replace(/:\d*$/, "");
}

/** 127.0.0.0/8, all of which is this machine. */
function isLoopback(name: string): boolean {
  return isIPv4(name) && name.startsWith("127.");
}
