import { momentumV1 } from "../../../src/core/momentum/algorithm.ts";
import { type CallerCheck, createCallerCheck } from "../_shared/caller.ts";
import type { Log } from "../_shared/log.ts";
import { type ProjectEnv, readProject } from "../_shared/project-env.ts";
import { type Allowance, callerKey } from "../_shared/rate-limit.ts";
import { readJsonObject } from "../_shared/read-json.ts";
import { Refusal } from "../_shared/refusal.ts";
import { createRpc, type Rpc } from "../_shared/rest.ts";
import { type Answer, type Call, createService, type Handler } from "../_shared/service.ts";
import { parseCount, parseOrigins } from "../_shared/settings.ts";
import { type Calculation, calculate, functionName } from "./calculate.ts";
import { batchFields, chooseUser, parseBatch, parseSingle, singleFields } from "./request.ts";

interface CalculatorEnv extends ProjectEnv {
  /** `<ref>_<function id>_<version>` of what is running. */
  readonly DENO_DEPLOYMENT_ID: string | undefined;
  /** Origins of browser apps, separated by commas; none by default. */
  readonly ALLOWED_ORIGINS: string | undefined;
  /** Per user; 300 by default. */
  readonly CALCULATOR_CALLS_PER_MINUTE: string | undefined;
}

interface CalculatorDeps {
  readonly env: CalculatorEnv;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
  readonly log: Log;
}

interface Parts {
  readonly checkCaller: CallerCheck;
  readonly rpc: Rpc;
  readonly userAllowance: Allowance;
}

/** A scheduler that recalculates everybody is no flood; a stuck one is. */
const serviceAllowance: Allowance = { perMinute: 60_000, burst: 6000 };

/** `POST /` one score, `POST /batch` many (service only), `GET /health`. */
export function createHandler(deps: CalculatorDeps): Handler {
  let parts: Parts | null = null;
  const ready = () => {
    parts ??= assembleParts(deps);
    return parts;
  };

  const prepare = async (call: Call) => {
    const { checkCaller, rpc, userAllowance } = ready();
    const caller = await checkCaller(call.request, call.deadline);
    const allowance = caller.kind === "user" ? userAllowance : serviceAllowance;
    const run = (userIds: readonly string[], targetDate: string | null): Promise<Calculation> =>
      calculate({
        call,
        rpc,
        userIds,
        targetDate,
        callerKey: callerKey(functionName, caller),
        allowance,
        nowMs: deps.nowMs,
      });
    return { caller, run };
  };

  const one = async (call: Call): Promise<Answer> => {
    const { caller, run } = await prepare(call);
    const asked = parseSingle(await readJsonObject(call.request, singleFields, call.deadline), deps.nowMs());
    const userId = chooseUser(caller, asked.userId);
    const { results } = await run([userId], asked.targetDate);
    const result = results[0];
    if (result === undefined) throw new TypeError("a calculation without a result");
    if ("refusal" in result) throw result.refusal;
    return { status: 200, body: { ...result.score } };
  };

  const batch = async (call: Call): Promise<Answer> => {
    const { caller, run } = await prepare(call);
    if (caller.kind !== "service") {
      throw new Refusal({
        status: 403,
        code: "forbidden",
        message: "Only a service may calculate in batches",
      });
    }
    const asked = parseBatch(await readJsonObject(call.request, batchFields, call.deadline), deps.nowMs());
    const { results } = await run(asked.userIds, asked.targetDate);
    const failed = results.filter((result) => "refusal" in result).length;
    const error = {
      code: "batch_incomplete",
      message: `${failed} of ${results.length} users have no score`,
      request_id: call.requestId,
    };
    return {
      status: failed === 0 ? 200 : 422,
      body: {
        ...(failed === 0 ? {} : { error }),
        succeeded: results.length - failed,
        failed,
        results: results.map((result) =>
          "refusal" in result
            ? {
                user_id: result.userId,
                error: { code: result.refusal.code, message: result.refusal.message },
              }
            : result.score,
        ),
      },
    };
  };

  const health = async (): Promise<Answer> => ({
    status: 200,
    body: {
      status: "ok",
      function: functionName,
      algorithm_version: momentumV1.version,
      deployment_id: deps.env.DENO_DEPLOYMENT_ID ?? null,
    },
  });

  return createService({
    name: functionName,
    routes: [
      { method: "POST", path: "/", deadlineMs: 10_000, run: one },
      { method: "POST", path: "/batch", deadlineMs: 30_000, run: batch },
      { method: "GET", path: "/health", deadlineMs: 1000, run: health },
    ],
    allowedOrigins: parseOrigins(deps.env.ALLOWED_ORIGINS),
    log: deps.log,
    nowMs: deps.nowMs,
  });
}

function assembleParts({ env, fetch, nowMs }: CalculatorDeps): Parts {
  const project = readProject(env);
  const perMinute = parseCount("CALCULATOR_CALLS_PER_MINUTE", env.CALCULATOR_CALLS_PER_MINUTE, 300);
  return {
    checkCaller: createCallerCheck({ project, fetch, nowMs }),
    rpc: createRpc(project, fetch),
    userAllowance: { perMinute, burst: perMinute },
  };
}
