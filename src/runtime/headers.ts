/** Headers of a request, by lower-case name. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** One header's value; of a repeated header the first. */
export function header(request: { readonly headers: Headers }, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "object" ? value[0] : value;
}
