/** How a Trigger delivers, as its manifest says; all times in milliseconds. */
export interface Delivery {
  /** Attempts after the first. */
  readonly retries: number;
  readonly backoff: "linear" | "exponential";
  readonly backoffDelay: number;
  /** Of each single attempt. */
  readonly timeout: number;
}

/** What a manifest says of delivery. */
export interface DeliveryManifest extends Delivery {
  /** The name of the Service that takes what cannot be delivered. */
  readonly deadLetterSink?: string | undefined;
}

/**
 * The wait before the next attempt when `retriesMade` were made already. Knative counts from 0: `linear` retries at
 * once the first time, and `exponential` starts with the delay itself.
 */
export function backoff(delivery: Delivery, retriesMade: number): number {
  switch (delivery.backoff) {
    case "linear":
      return delivery.backoffDelay * retriesMade;
    case "exponential":
      return delivery.backoffDelay * 2 ** retriesMade;
  }
}

/** Milliseconds of an ISO 8601 duration of days and smaller units (`PT0.5S`, `P1DT2H`); undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const match =
    /^P(?=.)(?:(\d+(?:\.\d+)?)D)?(?:T(?=.)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.round(((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000);
}
