import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge, UnsupportedMediaType } from "./failures.ts";
import { uploadOf, uploadType } from "./upload-route.ts";

function uploadIn(body: string | Uint8Array, type = `${uploadType}; boundary=Div`) {
  return uploadOf({ method: "POST", path: "/", headers: { "content-type": type }, body: Buffer.from(body) });
}

const field = (disposition: string, content: string, more = "") =>
  `--Div\r\nContent-Disposition: form-data; ${disposition}\r\n${more}\r\n${content}\r\n`;

describe("a form with a file", () => {
  it("is read as a browser writes it, whatever bytes the file has", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "grapheme" }), async (bytes, note) => {
        const form = new FormData();
        form.append("note", note);
        form.append("file", new File([bytes], "who, when.csv"));
        const sent = new Request("http://desk/", { method: "POST", body: form });
        const read = uploadIn(new Uint8Array(await sent.arrayBuffer()), sent.headers.get("content-type") ?? "");
        // A form has its line breaks as CR LF.
        expect(read.note).toBe(note.replace(/\r?\n|\r/g, "\r\n").replace(/^\ufeff/, ""));
        expect(read.file).toEqual({ name: "who, when.csv", bytes: Buffer.from(bytes) });
      }),
    );
  });

  it("has no file where none was chosen, and an empty one where that is what was", () => {
    const none = field('name="file"; filename=""', "", "Content-Type: application/octet-stream\r\n");
    expect(uploadIn(`${none}--Div--\r\n`)).toEqual({});
    expect(uploadIn(`${field('name="file"; filename="a.csv"', "")}--Div--`)).toEqual({
      file: { name: "a.csv", bytes: Buffer.alloc(0) },
    });
  });

  it("may stand after other text, and have the names of what every object has", () => {
    const form = `preamble\r\n${field('name="__proto__"', "1")}${field('name="toString"', "2")}--Div--`;
    expect(Object.entries(uploadIn(form))).toEqual([
      ["__proto__", "1"],
      ["toString", "2"],
    ]);
    expect(uploadIn("--Div--")).toEqual({});
  });

  it.each([
    ["nothing", ""],
    ["no divider", "user\r\nann"],
    ["a field that does not end", '--Div\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'],
    ["no end of what stands above the content", '--Div\r\nContent-Disposition: form-data; name="a"\r\n'],
    ["a field without a name", `${field('filename="a"', "b")}--Div--`],
    ["a field that is none of a form", "--Div\r\nContent-Type: text/plain\r\n\r\nb\r\n--Div--"],
    ["16 MB above a content", `--Div\r\n${"a".repeat(16 * 1024 * 1024)}`],
  ])("is not %s", (_name, body) => {
    expect(() => uploadIn(body)).toThrow(InvalidInput);
  });

  it("has at most 20 fields, and is of no other type", () => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => field(`name="f${i}"`, "x")).join("");
    expect(Object.keys(uploadIn(`${fields(20)}--Div--`))).toHaveLength(20);
    expect(() => uploadIn(`${fields(21)}--Div--`)).toThrow(TooLarge);
    for (const type of ["text/plain", uploadType, `${uploadType}; boundary=`])
      expect(() => uploadIn("", type)).toThrow(UnsupportedMediaType);
  });
});
