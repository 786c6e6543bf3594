import { ApiError } from "./api-error.ts";

interface Part {
  readonly name: string;
  readonly filename: string | null;
  readonly bytes: Buffer;
}

const maxParts = 2_000;
const lineBreak = Buffer.from("\r\n");
const headerEnd = Buffer.from("\r\n\r\n");

function readBoundary(contentType: string): string {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType,
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary == null) throw new ApiError(400, "Expected multipart/form-data with a boundary");
  return boundary;
}

function readDisposition(headers: string): { readonly name: string; readonly filename: string | null } {
  const line = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(headers)?.[1] ?? "";
  const value = (key: string) => {
    const match = new RegExp(`(?:^|;)\\s*${key}="((?:[^"\\\\]|\\\\.)*)"`, "i").exec(line)?.[1];
    // Browsers and undici write quotes and line breaks as percent codes (WHATWG), others with backslashes.
    return (
      match?.replace(/\\(.)/g, "$1").replace(/%22/g, '"').replace(/%0D/gi, "\r").replace(/%0A/gi, "\n") ??
      null
    );
  };
  return { name: value("name") ?? "", filename: value("filename") };
}

/** Parses multipart/form-data (RFC 7578) that is whole in memory. Throws 400. */
export function parseMultipart(contentType: string, body: Buffer): readonly Part[] {
  const delimiter = Buffer.from(`--${readBoundary(contentType)}`);
  const next = Buffer.concat([lineBreak, delimiter]);
  const parts: Part[] = [];
  let at = body.indexOf(delimiter);
  if (at !== 0 && body.subarray(at - 2, at).compare(lineBreak) !== 0) at = -1;
  while (at >= 0) {
    const start = at + delimiter.length;
    if (body.toString("latin1", start, start + 2) === "--") return parts;
    const headersAt = start + lineBreak.length;
    const headersEnd = body.indexOf(headerEnd, start);
    const end = headersEnd < 0 ? -1 : body.indexOf(next, headersEnd + 2);
    if (end < 0 || parts.length >= maxParts) break;
    const bytesAt = headersEnd + headerEnd.length;
    parts.push({
      ...readDisposition(body.toString("utf8", headersAt, headersEnd)),
      bytes: body.subarray(Math.min(bytesAt, end), end),
    });
    at = end + lineBreak.length;
  }
  throw new ApiError(
    400,
    parts.length >= maxParts ? `More than ${maxParts} parts` : "Malformed multipart/form-data",
  );
}

interface OutgoingPart {
  readonly name: string;
  readonly filename?: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

export function renderMultipart(boundary: string, parts: readonly OutgoingPart[]): Buffer {
  const chunks = parts.flatMap(({ name, filename, contentType, bytes }) => {
    const file = filename == null ? "" : `; filename=${quoted(filename)}`;
    const head = `--${boundary}\r\ncontent-disposition: form-data; name=${quoted(name)}${file}\r\ncontent-type: ${contentType}\r\n\r\n`;
    return [Buffer.from(head), bytes, lineBreak];
  });
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
}
