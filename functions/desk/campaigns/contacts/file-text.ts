import { InvalidInput } from "#churn/failure.ts";

/**
 * The text of a file of lines, in UTF-8, or in UTF-16 as spreadsheets save "Unicode text". Throws InvalidInput, which tells what to do, for any
 * other.
 */
export function fileText(bytes: Uint8Array): string {
  for (const { begins, is } of others)
    if (begins.every((byte, i) => bytes[i] === byte)) throw new InvalidInput(`The file is ${is}.`);
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidInput("The file is not text in UTF-8: save it as “CSV UTF-8”.", { cause });
  }
}

const others = [
  { begins: [0x50, 0x4b, 0x03, 0x04], is: "a workbook or an archive, not text: save the sheet as “CSV UTF-8”" },
  { begins: [0xd0, 0xcf, 0x11, 0xe0], is: "a workbook, not text: save the sheet as “CSV UTF-8”" },
  { begins: [0x1f, 0x8b], is: "compressed: unpack it first" },
];
