import { type CallerCheck, createCallerCheck } from "../_shared/caller.ts";
import type { Log } from "../_shared/log.ts";
import { type ProjectEnv, readProject } from "../_shared/project-env.ts";
import { readJsonObject } from "../_shared/read-json.ts";
import { Refusal } from "../_shared/refusal.ts";
import { createRpc, type Rpc } from "../_shared/rest.ts";
import { type Answer, type Call, createService, type Handler } from "../_shared/service.ts";
import { createFcm, type Fcm } from "./fcm.ts";
import { createGoogleTokens } from "./google-token.ts";
import { logRun } from "./log-run.ts";
import { batchFields, parseTrigger, singleFields } from "./request.ts";
import { functionName, type RunReport, run } from "./run.ts";
import { type FcmEnv, readFcmAccess } from "./service-account.ts";

interface TriggersEnv extends ProjectEnv, FcmEnv {
  /** `<ref>_<function id>_<version>` of what is running. */
  readonly DENO_DEPLOYMENT_ID: string | undefined;
}

interface TriggersDeps {
  readonly env: TriggersEnv;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Log;
}

interface Base {
  readonly checkCaller: CallerCheck;
  readonly rpc: Rpc;
}

/** The platform waits 150 s for an answer; a batch stops taking users well before that. */
const batchMs = 60_000;
const deadlineMs = 100_000;

/** `POST /` one user or all, `POST /batch` all who are due, `GET /health`. For services only. */
export function createHandler(deps: TriggersDeps): Handler {
  const { env, nowMs, newId } = deps;
  let base: Base | null = null;
  let fcm: Fcm | null = null;

  const openBase = () => {
    base ??= assembleBase(deps);
    return base;
  };
  const openFcm = () => {
    fcm ??= assembleFcm(deps);
    return fcm;
  };

  const trigger = (fields: readonly string[]) => async (call: Call) => {
    const { checkCaller, rpc } = openBase();
    const caller = await checkCaller(call.request, call.deadline);
    if (caller.kind !== "service") {
      throw new Refusal({
        status: 403,
        code: "forbidden",
        message: "Only a service may trigger notifications",
      });
    }
    const { userId, after, dryRun } = parseTrigger(await readJsonObject(call.request, fields, call.deadline));
    const report = await run({
      rpc,
      fcm: openFcm(),
      userId,
      after,
      dryRun,
      nowMs,
      newId,
      until: call.startedAtMs + batchMs,
      deadline: call.deadline,
    });
    const answer = assembleAnswer(report, dryRun, call.requestId);
    await logRun(rpc, { userId, durationMs: nowMs() - call.startedAtMs, success: answer.status === 200 });
    return answer;
  };

  const health = async (): Promise<Answer> => ({
    status: 200,
    body: { status: "ok", function: functionName, deployment_id: env.DENO_DEPLOYMENT_ID ?? null },
  });

  return createService({
    name: functionName,
    routes: [
      { method: "POST", path: "/", deadlineMs, run: trigger(singleFields) },
      { method: "POST", path: "/batch", deadlineMs, run: trigger(batchFields) },
      { method: "GET", path: "/health", deadlineMs: 1000, run: health },
    ],
    allowedOrigins: [],
    log: deps.log,
    nowMs,
  });
}

function assembleBase({ env, fetch, nowMs }: TriggersDeps): Base {
  const project = readProject(env);
  return { checkCaller: createCallerCheck({ project, fetch, nowMs }), rpc: createRpc(project, fetch) };
}

function assembleFcm({ env, fetch, nowMs, random }: TriggersDeps): Fcm {
  const access = readFcmAccess(env);
  const tokens = createGoogleTokens(access.account, fetch, nowMs);
  return createFcm({ access, tokens, fetch, nowMs, random });
}

/** 502 when a send failed: FCM, behind this function, did not do its part. */
function assembleAnswer(
  { tally, nextAfter, stopped }: RunReport,
  dryRun: boolean,
  requestId: string,
): Answer {
  const { counts, reasons } = tally;
  const unsent = counts.failed + counts.lost;
  const error = {
    code: stopped ? "fcm_credentials" : "send_failed",
    message: stopped
      ? "FCM does not accept the service account in the secret FCM_SERVICE_ACCOUNT"
      : `${unsent} of ${counts.due} notifications could not be sent`,
    request_id: requestId,
  };
  return {
    status: unsent === 0 ? 200 : 502,
    body: { ...(unsent === 0 ? {} : { error }), dry_run: dryRun, ...counts, reasons, next_after: nextAfter },
  };
}
