import { randomUUID } from "node:crypto";
import * as z from "zod";
import {
  BundleError,
  type FunctionRecord,
  type FunctionUpload,
  VersionConflict,
} from "../functions/function-record.ts";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import { ApiError } from "./api-error.ts";
import type { ManagementDeps } from "./deps.ts";
import { readFunctionUpload, slugPattern } from "./function-upload.ts";
import { renderMultipart } from "./multipart.ts";
import { readFlag, readJson } from "./request-body.ts";
import type { RouteCall, RouteTable } from "./router.ts";

const bulkBody = z.array(
  z.object({
    id: z.string(),
    slug: z.string().regex(slugPattern),
    name: z.string(),
    status: z.enum(["ACTIVE", "REMOVED", "THROTTLED"]),
    version: z.int().min(1),
    verify_jwt: z.boolean().optional(),
    ezbr_sha256: z.string().optional(),
  }),
);
const createBody = z.object({
  slug: z.string().regex(slugPattern),
  name: z.string(),
  body: z.string(),
  verify_jwt: z.boolean().optional(),
});
const updateBody = z.object({
  name: z.string().optional(),
  body: z.string().optional(),
  verify_jwt: z.boolean().optional(),
});

function renderFunction(record: FunctionRecord) {
  return {
    id: record.id,
    slug: record.slug,
    name: record.name,
    status: "ACTIVE",
    version: record.version,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    verify_jwt: record.verifyJwt,
    import_map: record.importMap,
    entrypoint_path: record.entrypointPath,
    import_map_path: record.importMapPath,
    ezbr_sha256: record.sha256,
  };
}

/** Hosted: 100 on the free plan (https://supabase.com/docs/guides/functions/limits). */
const maxFunctions = 100;

/** Upload and activation failures as the API tells them. */
async function answering<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BundleError)
      throw new ApiError(400, `Failed to bundle the function (reason: ${error.message})`);
    if (error instanceof VersionConflict) throw new ApiError(409, error.message);
    throw error;
  }
}

/** Settings in the query (with a module as the body) or in a JSON body. An eszip cannot run here and is refused. */
function readModule(request: HttpRequest): {
  readonly name?: string;
  readonly body?: Buffer;
  readonly verifyJwt?: boolean;
} {
  if (/^application\/json/.test(request.headers["content-type"] ?? "")) {
    const { name, body, verify_jwt } = readJson(request, updateBody);
    return {
      ...(name == null ? {} : { name }),
      ...(body == null ? {} : { body: Buffer.from(body) }),
      ...(verify_jwt == null ? {} : { verifyJwt: verify_jwt }),
    };
  }
  if (request.body.toString("latin1", 0, 5) === "ESZIP") {
    throw new ApiError(
      400,
      "The local platform runs ES modules, not eszip: send what GET …/body returns, or use /functions/deploy",
    );
  }
  const name = request.query.get("name");
  const verifyJwt = readFlag(request, "verify_jwt");
  return {
    ...(name == null ? {} : { name }),
    ...(request.body.length === 0 ? {} : { body: request.body }),
    ...(verifyJwt == null ? {} : { verifyJwt }),
  };
}

/** The functions endpoints: deploy, bulk activation, settings, bodies. */
export function functionRoutes({ functions }: ManagementDeps): RouteTable {
  const path = "/v1/projects/{ref}/functions";

  const find = ({ params }: RouteCall): FunctionRecord => {
    const record = functions.list().find(({ slug }) => slug === params["function_slug"]);
    if (record == null) throw new ApiError(404, "Function not found");
    return record;
  };
  const makeRoom = (slugs: readonly string[]) => {
    const all = new Set([...functions.list().map(({ slug }) => slug), ...slugs]);
    if (all.size > maxFunctions) throw new ApiError(402, "Maximum number of functions reached for Plan");
  };
  const deploy = async (upload: FunctionUpload) => {
    makeRoom([upload.slug]);
    const staged = await answering(functions.stage(upload));
    const { slug, sha256, name, verifyJwt } = staged;
    const [live] = await answering(functions.activate([{ slug, sha256, name, verifyJwt }]));
    return live ?? staged;
  };
  const deployModule = (
    slug: string,
    name: string,
    body: Buffer,
    verifyJwt: boolean | undefined,
    extension: string,
  ) => {
    const file = `supabase/functions/${slug}/index.${extension}`;
    const files = [{ path: file, bytes: body }];
    return deploy({ slug, name, entrypointPath: file, files, ...(verifyJwt == null ? {} : { verifyJwt }) });
  };

  return {
    [`GET ${path}`]: async () => ({ status: 200, body: functions.list().map(renderFunction) }),
    [`POST ${path}/deploy`]: async ({ request }) => {
      const upload = readFunctionUpload(request);
      const bundleOnly = readFlag(request, "bundleOnly") ?? false;
      const record = bundleOnly ? await answering(functions.stage(upload)) : await deploy(upload);
      return { status: 201, body: renderFunction(record) };
    },
    [`PUT ${path}`]: async ({ request }) => {
      const activations = readJson(request, bulkBody).map((entry) => ({
        slug: entry.slug,
        name: entry.name,
        version: entry.version,
        ...(entry.verify_jwt == null ? {} : { verifyJwt: entry.verify_jwt }),
        ...(entry.ezbr_sha256 == null ? {} : { sha256: entry.ezbr_sha256 }),
      }));
      if (new Set(activations.map(({ slug }) => slug)).size < activations.length) {
        throw new ApiError(400, "A function is named twice");
      }
      makeRoom(activations.map(({ slug }) => slug));
      const records = await answering(functions.activate(activations));
      return { status: 200, body: { functions: records.map(renderFunction) } };
    },
    [`POST ${path}`]: async ({ request }) => {
      const json = /^application\/json/.test(request.headers["content-type"] ?? "");
      const slug = json ? readJson(request, createBody).slug : (request.query.get("slug") ?? "");
      if (!slugPattern.test(slug)) throw new ApiError(400, `slug: must match ${slugPattern.source}`);
      if (functions.verifyJwt(slug) != null) throw new ApiError(400, "Duplicated function slug");
      const { name, body, verifyJwt } = readModule(request);
      if (body == null) throw new ApiError(400, "body: Required");
      const record = await deployModule(slug, name ?? slug, body, verifyJwt, json ? "ts" : "js");
      return { status: 201, body: renderFunction(record) };
    },
    [`GET ${path}/{function_slug}`]: async (call) => ({ status: 200, body: renderFunction(find(call)) }),
    [`PATCH ${path}/{function_slug}`]: async (call) => {
      const live = find(call);
      const { name, body, verifyJwt } = readModule(call.request);
      if (body != null) {
        const extension = /^application\/json/.test(call.request.headers["content-type"] ?? "") ? "ts" : "js";
        const record = await deployModule(live.slug, name ?? live.name, body, verifyJwt, extension);
        return { status: 200, body: renderFunction(record) };
      }
      const settings = { ...(name == null ? {} : { name }), ...(verifyJwt == null ? {} : { verifyJwt }) };
      const record = await functions.configure(live.slug, settings);
      return { status: 200, body: renderFunction(record ?? live) };
    },
    [`DELETE ${path}/{function_slug}`]: async (call) => {
      await functions.remove(find(call).slug);
      return { status: 200, body: { message: "ok" } };
    },
    [`GET ${path}/{function_slug}/body`]: async (call): Promise<HttpReply> => {
      const body = await functions.readBody(find(call).slug);
      if (body == null) throw new ApiError(404, "Function not found");
      if (!/multipart\/form-data/i.test(call.request.headers["accept"] ?? "")) {
        return {
          status: 200,
          headers: { "content-type": "text/javascript; charset=utf-8" },
          body: Buffer.from(body.bundle),
        };
      }
      const boundary = `bee-${randomUUID()}`;
      const metadata = JSON.stringify({ deno2_entrypoint_path: body.record.entrypointPath });
      return {
        status: 200,
        headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
        body: renderMultipart(boundary, [
          { name: "metadata", contentType: "application/json", bytes: Buffer.from(metadata) },
          ...body.files.map(({ path: filename, bytes }) => ({
            name: "file",
            filename,
            contentType: "text/plain",
            bytes,
          })),
        ]),
      };
    },
  };
}
