import type { Headers } from "../headers.ts";
import type { HttpResponse } from "../http.ts";
import type { Access, Caller } from "./access.ts";

/** What is known of a request before its body is read. */
export interface GateRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly headers: Headers;
  /** The IP address at the other end of the connection. */
  readonly address: string | undefined;
}

/** Either the request goes on, made by a caller if it is known who that is, or this response refuses it. */
export type Admission = { readonly caller?: Caller | undefined } | { readonly refusal: HttpResponse };

/** Decides whether a request may reach its route, before anything of its body is read. */
export interface Gate {
  /** Throws a Failure if it cannot be decided now. */
  admit(request: GateRequest, access: Access): Promise<Admission>;
}

/** A gate that a request must pass after another. */
export function inTurn(...gates: readonly Gate[]): Gate {
  return {
    async admit(request, access) {
      let caller: Caller | undefined;
      for (const gate of gates) {
        const admission = await gate.admit(request, access);
        if ("refusal" in admission) return admission;
        caller = admission.caller ?? caller;
      }
      return { caller };
    },
  };
}
