/** Where a command sends events: BROKER_URL, or else the broker of a lapse that runs on this machine. */
export function brokerUrl({
  BROKER_URL: url,
  PORT: port,
}: {
  readonly BROKER_URL?: string | undefined;
  readonly PORT: number;
}): string {
  return url ?? `http://localhost:${port}/broker`;
}
