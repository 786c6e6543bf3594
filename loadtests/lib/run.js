// @ts-check
/// <reference types="k6" />

import http from "k6/http";
import { Counter, Rate, Trend } from "k6/metrics";

// What `bee loadtest functions` hands over; nothing is read from anywhere else.
const stages = JSON.parse(__ENV["LOAD_STAGES"] ?? '[{"durationMs":30000,"from":20,"to":20}]');
const tokens = JSON.parse(
  __ENV["LOAD_TOKENS"] ?? (__ENV["LOAD_TOKENS_FILE"] ? open(__ENV["LOAD_TOKENS_FILE"]) : "[]"),
);
const url = __ENV["LOAD_URL"] ?? "";
const key = __ENV["LOAD_KEY"] ?? "";
const runId = __ENV["LOAD_RUN"] ?? "";
const warmUpMs = Number(__ENV["LOAD_WARM_UP_MS"] ?? 0);
// As checklists/success-metrics.yaml words them.
const limitMs = Number(__ENV["LOAD_LIMIT_MS"] ?? 2000);
const errorShare = Number(__ENV["LOAD_ERROR_SHARE"] ?? 0.01);
const planned = Number(__ENV["LOAD_PLANNED"] ?? 0);
const inFlight = Number(__ENV["LOAD_IN_FLIGHT"] ?? 100);
const shards = Number(__ENV["LOAD_SHARDS"] ?? 1);

const calls = new Counter("bee_calls");
const failed = new Counter("bee_failed");
const over = new Counter("bee_over");
const wrongShare = new Rate("bee_wrong");
const slowShare = new Rate("bee_slow");
const latency = new Trend("bee_latency", true);

/**
 * Arrivals at fixed times (an open model), the warm-up as a scenario of its own that is not counted. The limits of the
 * success metrics are thresholds, so that the run says no by itself where nobody else judges it; a failed call is over
 * the limit too. Thresholds that always hold name the endpoints, so that the summary has them. One of several shards
 * is not stopped alone, and need not make all the calls.
 * @param {readonly string[]} endpoints
 */
export function assembleOptions(endpoints) {
  const perMinute = (/** @type {number} */ rate) => Math.max(1, Math.round(rate * 60));
  const room = { preAllocatedVUs: Math.min(inFlight, 200), maxVUs: inFlight, timeUnit: "1m" };
  const first = perMinute(stages[0].from);
  const measured =
    stages.every((/** @type {any} */ one) => one.from === one.to) && stages.length === 1
      ? { executor: "constant-arrival-rate", rate: first, duration: `${stages[0].durationMs}ms` }
      : {
          executor: "ramping-arrival-rate",
          startRate: first,
          stages: stages.flatMap((/** @type {any} */ one) => [
            { target: perMinute(one.from), duration: "0s" },
            { target: perMinute(one.to), duration: `${one.durationMs}ms` },
          ]),
        };
  const warmUp = {
    ...room,
    executor: "constant-arrival-rate",
    rate: first,
    duration: `${warmUpMs}ms`,
    exec: "warmUp",
  };
  const least = Math.floor((planned / shards) * (shards === 1 ? 0.95 : 0.8));
  return {
    scenarios: {
      ...(warmUpMs > 0 ? { warmUp } : {}),
      measured: { ...room, ...measured, startTime: `${warmUpMs}ms`, exec: "measured" },
    },
    thresholds: {
      bee_slow: ["rate<0.05"],
      bee_wrong: [`rate<${errorShare}`],
      bee_calls: [`count>=${least}`],
      dropped_iterations: ["count<1"],
      ...(shards === 1
        ? { http_req_failed: [{ threshold: "rate<0.5", abortOnFail: true, delayAbortEval: "5s" }] }
        : {}),
      ...Object.fromEntries(
        endpoints.flatMap((name) => [
          [`bee_calls{endpoint:${name}}`, ["count>=0"]],
          [`bee_failed{endpoint:${name}}`, ["count>=0"]],
          [`bee_over{endpoint:${name}}`, ["count>=0"]],
          [`bee_latency{endpoint:${name}}`, ["max>=0"]],
        ]),
      ),
    },
  };
}

/**
 * @typedef {{ endpoint: string, method: "GET" | "POST", path: string, json: object | null, accepts: number, contains: string | null }} Call
 */

/**
 * @param {Call} call
 * @param {number} n
 * @param {boolean} counted
 */
export function send({ endpoint, method, path, json, accepts, contains }, n, counted) {
  const headers = {
    apikey: key,
    authorization: `Bearer ${tokens[n % tokens.length]}`,
    "content-type": "application/json",
    prefer: "return=minimal",
  };
  const body = json == null ? null : JSON.stringify(json);
  const answer = http.request(method, url + path, body, {
    headers,
    tags: { endpoint },
    timeout: "30s",
    redirects: 0,
  });
  if (!counted) return;
  const text = typeof answer.body === "string" ? answer.body : "";
  const wrong =
    answer.status !== accepts ||
    (contains != null && !text.includes(contains)) ||
    /"success"\s*:\s*false/.test(text);
  // Connecting counts: the app's users wait for it too.
  const took = answer.timings.duration + answer.timings.blocked;
  const slow = wrong || took >= limitMs;
  calls.add(1, { endpoint });
  failed.add(wrong ? 1 : 0, { endpoint });
  over.add(slow ? 1 : 0, { endpoint });
  wrongShare.add(wrong);
  slowShare.add(slow);
  latency.add(took, wrong ? { endpoint, failure: nameFailure(answer, accepts) } : { endpoint });
}

/**
 * @param {import("k6/http").Response} answer
 * @param {number} accepts
 */
function nameFailure({ status, error_code }, accepts) {
  if (status === 0) return String(error_code);
  return status === accepts ? "body" : String(status);
}

/** @returns {Call} */
export function calculate() {
  return {
    endpoint: "momentum-score-calculator",
    method: "POST",
    path: "/functions/v1/momentum-score-calculator",
    json: {},
    accepts: 200,
    contains: '"final_score"',
  };
}

/**
 * @param {number} n
 * @returns {Call}
 */
export function logEvent(n) {
  const types = ["lesson_completion", "journal_entry", "app_session", "resource_access", "goal_setting"];
  return {
    endpoint: "engagement_events",
    method: "POST",
    path: "/rest/v1/engagement_events",
    json: { event_type: types[Math.abs(n) % types.length], idempotency_key: `bee-load-${runId}-${n}` },
    accepts: 201,
    contains: null,
  };
}

/** @returns {Call} */
export function readScores() {
  return {
    endpoint: "daily_engagement_scores",
    method: "GET",
    path: "/rest/v1/daily_engagement_scores?select=score_date,final_score,momentum_state&order=score_date.desc&limit=30",
    json: null,
    accepts: 200,
    contains: "[",
  };
}
