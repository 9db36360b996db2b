/** `1 day`, `34.5 days` */
export function days(count: number): string {
  return `${round(count)} ${count === 1 ? "day" : "days"}`;
}

/** At most three significant digits, and no more than one decimal place above 10. */
export function round(value: number): string {
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(decimals)));
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
