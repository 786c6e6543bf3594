import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { DeployedFunction } from "../plan/deployed-function.ts";
import type { FunctionHost, StagedFunction } from "../ports/function-host.ts";
import { ApiError } from "./api-error.ts";
import { type Clock, systemClock } from "./clock.ts";
import { functionSchema, toDeployed } from "./function-record.ts";
import { type ManagementApi, parseReply } from "./management-api.ts";

/** Bundling runs on the platform and takes seconds there. */
const bundleTimeoutMs = 120_000;

const maxActivations = 3;

const entrypoint = "index.js";

export function createFunctionHost(
  api: ManagementApi,
  ref: string,
  clock: Clock = systemClock,
): FunctionHost {
  const path = `/v1/projects/${ref}/functions`;

  async function list(): Promise<readonly DeployedFunction[]> {
    const reply = await api.request({ method: "GET", path, repeatable: true });
    return parseReply(z.array(functionSchema), reply, `GET ${path}`).map(toDeployed);
  }

  return {
    list,
    async stage({ slug, bytes, verifyJwt }, live) {
      const metadata = {
        entrypoint_path: entrypoint,
        import_map_path: "",
        static_patterns: [],
        verify_jwt: verifyJwt,
        name: slug,
      };
      const reply = await api.request({
        method: "POST",
        path: `${path}/deploy`,
        query: { slug, bundleOnly: "true" },
        form: [
          { name: "file", filename: entrypoint, contentType: "application/octet-stream", body: bytes },
          { name: "metadata", body: JSON.stringify(metadata) },
        ],
        // Nothing is live before the bulk update, so a second upload does no harm.
        repeatable: true,
        timeoutMs: bundleTimeoutMs,
      });
      const record = parseReply(functionSchema, reply, `POST ${path}/deploy`);
      const version = Math.max(record.version, (live?.version ?? 0) + 1);
      return {
        slug,
        version,
        hostSha256: record.ezbr_sha256 ?? null,
        verifyJwt,
        record: { ...dropNulls(record), version, status: "ACTIVE", verify_jwt: verifyJwt },
      };
    },
    async activate(staged) {
      if (staged.length === 0) return;
      const json = staged.map(({ record }) => record);
      for (let attempt = 1; ; attempt += 1) {
        try {
          await api.request({ method: "PUT", path, json, repeatable: false });
          return;
        } catch (error) {
          if (!isUncertain(error)) throw error;
          const live = await list();
          if (staged.every((one) => isLive(one, live))) return;
          const overtaken = staged.filter((one) => isOvertaken(one, live));
          if (overtaken.length > 0) throw deployedElsewhere(overtaken, error);
          if (attempt >= maxActivations) throw error;
          await clock.sleep(500 * 2 ** attempt * (0.5 + clock.random()));
        }
      }
    },
    async remove(slug) {
      try {
        await api.request({ method: "DELETE", path: `${path}/${slug}`, repeatable: true });
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
  };
}

/** 409 and 5xx have been seen for bulk updates that were carried out; without an answer nobody knows. */
function isUncertain(error: unknown): boolean {
  return error instanceof ApiError && (error.status == null || error.status === 409 || error.status >= 500);
}

function isLive(staged: StagedFunction, live: readonly DeployedFunction[]): boolean {
  const current = live.find(({ slug }) => slug === staged.slug);
  return (
    current?.status === "ACTIVE" &&
    current.version >= staged.version &&
    current.hostSha256 === staged.hostSha256 &&
    current.verifyJwt === staged.verifyJwt
  );
}

/** At our version or beyond, but with other content. */
function isOvertaken(staged: StagedFunction, live: readonly DeployedFunction[]): boolean {
  const current = live.find(({ slug }) => slug === staged.slug);
  return current != null && current.version >= staged.version && current.hostSha256 !== staged.hostSha256;
}

function dropNulls(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value != null));
}

function deployedElsewhere(functions: readonly StagedFunction[], cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E610",
    message: `Somebody else deployed ${functions.map(({ slug }) => slug).join(", ")} at the same time`,
    detail: "The functions that are live are theirs; the bundles of this run were not activated.",
    hint: "Find out who deploys besides bee, then run the same command again.",
    exit: exitCodes.stale,
    cause,
  });
}
