import * as z from "zod";
import type { FunctionUpload, SourceFile } from "../functions/function-record.ts";
import type { HttpRequest } from "../http/message.ts";
import { ApiError } from "./api-error.ts";
import { parseMultipart } from "./multipart.ts";

/** Hosted: 20 MB per function. */
const maxUploadBytes = 20 * 1024 * 1024;
const maxPathLength = 512;

export const slugPattern = /^[A-Za-z][A-Za-z0-9_-]*$/;

const metadataSchema = z.object({
  entrypoint_path: z.string(),
  import_map_path: z.string().optional(),
  static_patterns: z.array(z.string()).optional(),
  verify_jwt: z.boolean().optional(),
  name: z.string().max(256).optional(),
});

/** Posix and inside the project; anything else is refused. Throws 400. */
export function readUploadPath(path: string): string {
  const clean = path.replace(/^(\.\/)+/, "");
  const segments = clean.split("/");
  const bad = segments.some((segment) => segment === "" || segment === "." || segment === "..");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (bad || clean.length > maxPathLength || /[\\\u0000-\u001f]/.test(clean)) {
    throw new ApiError(400, `Not a path inside the project: ${JSON.stringify(path.slice(0, 200))}`);
  }
  return clean;
}

function readSlug(request: HttpRequest, name: string | undefined): string {
  const slug = request.query.get("slug") ?? name ?? "";
  if (!slugPattern.test(slug)) throw new ApiError(400, `slug: must match ${slugPattern.source}`);
  return slug;
}

/** The deploy request of the supabase CLI: `file` parts and one part `metadata`. Throws 400, 413. */
export function readFunctionUpload(request: HttpRequest): FunctionUpload {
  if (request.body.length > maxUploadBytes)
    throw new ApiError(413, `Function is larger than ${maxUploadBytes} bytes`);
  const parts = parseMultipart(request.headers["content-type"] ?? "", request.body);
  const metadataPart = parts.find((part) => part.name === "metadata" && part.filename == null);
  let json: unknown;
  try {
    json = JSON.parse(metadataPart?.bytes.toString("utf8") ?? "");
  } catch {
    throw new ApiError(400, "metadata: expected a JSON part");
  }
  const parsed = metadataSchema.safeParse(json);
  if (!parsed.success)
    throw new ApiError(
      400,
      `metadata: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`,
    );
  const metadata = parsed.data;
  if ((metadata.static_patterns ?? []).length > 0)
    throw new ApiError(400, "Static files cannot be deployed through the API");
  const files: SourceFile[] = parts
    .filter((part) => part.name === "file" && part.filename != null)
    .map((part) => ({ path: readUploadPath(part.filename ?? ""), bytes: part.bytes }));
  if (new Set(files.map((file) => file.path)).size < files.length)
    throw new ApiError(400, "A file is uploaded twice");
  return {
    slug: readSlug(request, metadata.name),
    entrypointPath: readUploadPath(metadata.entrypoint_path),
    files,
    ...(metadata.name == null ? {} : { name: metadata.name }),
    ...(metadata.verify_jwt == null ? {} : { verifyJwt: metadata.verify_jwt }),
    ...(metadata.import_map_path ? { importMapPath: readUploadPath(metadata.import_map_path) } : {}),
  };
}
