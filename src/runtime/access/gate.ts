import type { Headers } from "../headers.ts";
import type { HttpResponse } from "../http.ts";
import { onceThere } from "../once-there.ts";
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
  /**
   * At once where that is known: a body that is waited for comes as a stream, which takes longer. Throws a Failure if it cannot be
   * decided now.
   */
  admit(request: GateRequest, access: Access): Admission | Promise<Admission>;
}

/** A gate that a request must pass after another. */
export function inTurn(...gates: readonly Gate[]): Gate {
  const admitFrom = (
    index: number,
    request: GateRequest,
    access: Access,
    caller: Caller | undefined,
  ): Admission | Promise<Admission> => {
    const gate = gates[index];
    if (gate === undefined) return { caller };
    return onceThere(gate.admit(request, access), (admission) =>
      "refusal" in admission ? admission : admitFrom(index + 1, request, access, admission.caller ?? caller),
    );
  };
  return { admit: (request, access) => admitFrom(0, request, access, undefined) };
}
