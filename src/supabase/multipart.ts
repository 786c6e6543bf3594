import { randomBytes } from "node:crypto";

export interface FormPart {
  readonly name: string;
  readonly filename?: string;
  readonly contentType?: string;
  readonly body: Uint8Array | string;
}

/** multipart/form-data (RFC 7578). Names must be plain: no quotes or line breaks. */
export function renderMultipart(parts: readonly FormPart[]): {
  readonly contentType: string;
  readonly body: Buffer;
} {
  const boundary = `bee-${randomBytes(12).toString("hex")}`;
  const pieces = parts.flatMap(({ name, filename, contentType, body }) => {
    const file = filename == null ? "" : `; filename="${filename}"`;
    const type = contentType == null ? "" : `Content-Type: ${contentType}\r\n`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${type}\r\n`;
    return [Buffer.from(head), Buffer.from(body), Buffer.from("\r\n")];
  });
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}
