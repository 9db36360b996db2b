/** Objects as JSON, each of which has so many fields, whose names no other has: the dearest text to parse for its length. */
export function ofManyNames(objects: number, fields: number): string {
  let name = 0;
  const field = () => `"${(name++).toString(36)}":1`;
  const object = () => `{${Array.from({ length: fields }, field).join(",")}}`;
  return `[${Array.from({ length: objects }, object).join(",")}]`;
}
