import { describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { readFunctionUpload, readUploadPath } from "./function-upload.ts";
import { parseMultipart, renderMultipart } from "./multipart.ts";

const type = "multipart/form-data; boundary=b1";
const part = (head: string, text: string) => `--b1\r\n${head}\r\n\r\n${text}\r\n`;
const file = (path: string, text = "x") =>
  part(`Content-Disposition: form-data; name="file"; filename="${path}"`, text);
const metadata = (value: unknown) =>
  part('Content-Disposition: form-data; name="metadata"', JSON.stringify(value));

const upload = (body: string, query = "slug=hello") =>
  readFunctionUpload({
    method: "POST",
    path: "/",
    query: new URLSearchParams(query),
    headers: { "content-type": type },
    body: Buffer.from(body),
  });

describe("multipart bodies", () => {
  it("come back as they were written, bytes and names", () => {
    const bytes = Buffer.from([0, 13, 10, 45, 45, 98, 255]);
    const body = renderMultipart("b1", [
      { name: "metadata", contentType: "application/json", bytes: Buffer.from("{}") },
      { name: "file", filename: 'a "quoted"\\.ts', contentType: "text/plain", bytes },
      { name: "file", filename: "empty.ts", contentType: "text/plain", bytes: new Uint8Array() },
    ]);
    expect(parseMultipart(type, body)).toEqual([
      { name: "metadata", filename: null, bytes: Buffer.from("{}") },
      { name: "file", filename: 'a "quoted"\\.ts', bytes },
      { name: "file", filename: "empty.ts", bytes: Buffer.alloc(0) },
    ]);
  });

  it("may have a preamble and a quoted boundary", () => {
    const body = Buffer.from(`ignored\r\n${file("a.ts")}--b1--\r\nignored`);
    expect(parseMultipart('multipart/form-data; charset=utf-8; boundary="b1"', body)).toEqual([
      { name: "file", filename: "a.ts", bytes: Buffer.from("x") },
    ]);
  });

  it.each([
    ["no boundary", "multipart/form-data", file("a.ts")],
    ["another type", "application/json", "{}"],
    ["no end", type, file("a.ts")],
    ["no first delimiter", type, "x"],
    ["a header without end", type, "--b1\r\nContent-Disposition: form-data\r\n--b1--"],
    ["nothing", type, ""],
  ])("are refused with %s", (_, contentType, body) => {
    expect(() => parseMultipart(contentType, Buffer.from(body))).toThrow(ApiError);
  });
});

describe("uploads", () => {
  it("are read as the CLI sends them", () => {
    const body = `${file("supabase/functions/hello/index.ts", "1")}${file("supabase/functions/_shared/a.ts", "2")}${metadata(
      {
        entrypoint_path: "supabase/functions/hello/index.ts",
        import_map_path: "",
        static_patterns: [],
        verify_jwt: false,
        name: "hello",
      },
    )}--b1--\r\n`;
    expect(upload(body)).toEqual({
      slug: "hello",
      name: "hello",
      entrypointPath: "supabase/functions/hello/index.ts",
      verifyJwt: false,
      files: [
        { path: "supabase/functions/hello/index.ts", bytes: Buffer.from("1") },
        { path: "supabase/functions/_shared/a.ts", bytes: Buffer.from("2") },
      ],
    });
  });

  it.each([
    "../outside.ts",
    "a/../../b.ts",
    "/etc/passwd",
    "a//b.ts",
    "a\\b.ts",
    "a/./b.ts",
    "..",
    "",
    "a\u0000b",
    "x".repeat(600),
  ])("do not leave the project: %j", (path) => {
    expect(() => readUploadPath(path)).toThrow(/Not a path inside the project/);
  });

  const good = { entrypoint_path: "a.ts" };
  it.each([
    ["a slug that is none", metadata(good), "slug=1bad", /slug: must match/],
    ["no slug", metadata(good), "", /slug: must match/],
    ["no metadata", file("a.ts"), "slug=a", /metadata: expected a JSON part/],
    ["metadata of another form", metadata({ entrypoint_path: 1 }), "slug=a", /metadata: entrypoint_path/],
    [
      "static files",
      metadata({ ...good, static_patterns: ["*.html"] }),
      "slug=a",
      /Static files cannot be deployed/,
    ],
    ["a file twice", `${file("a.ts")}${file("./a.ts")}${metadata(good)}`, "slug=a", /uploaded twice/],
    ["an entrypoint outside", metadata({ entrypoint_path: "../a.ts" }), "slug=a", /Not a path inside/],
  ])("are refused with %s", (_, parts, query, message) => {
    expect(() => upload(`${parts}--b1--\r\n`, query)).toThrow(message);
  });
});
