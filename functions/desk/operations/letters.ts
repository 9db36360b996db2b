import { InvalidInput, NotFound } from "#churn/failure.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { deskRecorder } from "../record-act.ts";
import type { DeskServices } from "../services.ts";

export const letterActs = ["replay", "drop"] as const;
export type LetterAct = (typeof letterActs)[number];

/**
 * Sends the event of a dead letter to the broker again, or drops it, and records who did it. A letter goes away once its
 * event is accepted; one that fails again comes back. Throws NotFound, InvalidInput where no broker is known, and what the
 * broker throws.
 */
export async function actOnLetter(
  id: string,
  act: LetterAct,
  request: Pick<HttpRequest, "caller" | "address">,
  services: DeskServices,
): Promise<void> {
  const { deadLetters, publish } = services;
  const letter = await deadLetters.get(id);
  if (letter === undefined) throw new NotFound(`There is no dead letter ${id}.`);
  if (act === "replay" && publish === undefined)
    throw new InvalidInput("The desk knows no broker to send it to: set BROKER_URL.");
  // Neither subject nor data: the audit holds no user.
  const details = { type: letter.event.type.slice(0, 1_000) };
  const action = act === "replay" ? "dead-letter.replayed" : "dead-letter.dropped";
  await deskRecorder(request, services)({ action, target: id, details }, async () => {
    if (act === "replay") await publish?.(letter.event);
    await deadLetters.remove(letter);
  });
}
