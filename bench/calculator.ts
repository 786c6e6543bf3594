import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import * as hdr from "hdr-histogram-js";
import { startProject } from "./project.ts";
import { type Result, round } from "./table.ts";

const rate = 100;
const warmUpSeconds = 5;
const seconds = 20;
const users = 20;

interface Caller {
  readonly token: string;
}

/** The calculator through the gateway, each call by one of 20 users, starts on schedule whatever the answers do. */
export async function benchCalculator(): Promise<Result> {
  const project = await startProject();
  try {
    await project.bee("deploy", "phase1");
    const { url, anonKey, serviceRoleKey } = project.state;
    const callers = await Promise.all(
      Array.from({ length: users }, () => createCaller(url, anonKey, serviceRoleKey)),
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 200 });
    await runLoad({ url, anonKey, callers, agent, seconds: warmUpSeconds });
    const { histogram, failed, late } = await runLoad({ url, anonKey, callers, agent, seconds });
    agent.destroy();
    const at = (percentile: number): number => round(histogram.getValueAtPercentile(percentile) / 1000, 1);
    return {
      samples: { p50: [at(50)], p95: [at(95)], p99: [at(99)] },
      figures: [
        { what: `calculator at ${rate} requests/s, p50`, measured: at(50), unit: "ms", goal: null },
        { what: `calculator at ${rate} requests/s, p95`, measured: at(95), unit: "ms", goal: 50 },
        { what: `calculator at ${rate} requests/s, p99`, measured: at(99), unit: "ms", goal: null },
        { what: "answers that were not 200", measured: failed, unit: "requests", goal: 0 },
        {
          what: "starts more than 10 ms late (counted as latency)",
          measured: late,
          unit: "requests",
          goal: null,
        },
      ],
    };
  } finally {
    await project.end();
  }
}

interface Load {
  readonly url: string;
  readonly anonKey: string;
  readonly callers: readonly Caller[];
  readonly agent: Agent;
  readonly seconds: number;
}

async function runLoad({ url, anonKey, callers, agent, seconds: duration }: Load) {
  const histogram = hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  const total = rate * duration;
  const started = performance.now();
  const pending: Promise<void>[] = [];
  let failed = 0;
  let late = 0;
  for (let i = 0; i < total; i++) {
    const due = started + (i * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (performance.now() - due > 10) late++;
    const { token } = callers[i % callers.length] as Caller;
    // From the moment it was due: a late start is the caller's wait too.
    const call = invoke(url, anonKey, token, agent).then((status) => {
      histogram.recordValue(Math.max(1, Math.round((performance.now() - due) * 1000)));
      if (status !== 200) failed++;
    });
    pending.push(call);
  }
  await Promise.all(pending);
  return { histogram, failed, late };
}

function invoke(url: string, anonKey: string, token: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const call = request(`${url}/functions/v1/momentum-score-calculator`, {
      method: "POST",
      agent,
      headers: { authorization: `Bearer ${token}`, apikey: anonKey, "content-type": "application/json" },
    });
    call.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", () => resolve(0));
    });
    call.on("error", () => resolve(0));
    call.end("{}");
  });
}

/** A user with a week of events, signed in. */
async function createCaller(url: string, anonKey: string, serviceRoleKey: string): Promise<Caller> {
  const credentials = { email: `bench-${randomUUID()}@example.invalid`, password: randomUUID() };
  const admin = {
    apikey: serviceRoleKey,
    authorization: `Bearer ${serviceRoleKey}`,
    "content-type": "application/json",
  };
  const post = async (
    path: string,
    headers: Record<string, string>,
    body: unknown,
  ): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text === "" ? {} : JSON.parse(text);
  };
  await post("/auth/v1/admin/users", admin, { ...credentials, email_confirm: true });
  const session = await post(
    "/auth/v1/token?grant_type=password",
    { apikey: anonKey, "content-type": "application/json" },
    credentials,
  );
  const token = String(session["access_token"]);
  const types = ["lesson_completion", "journal_entry", "app_session", "coach_interaction"];
  const events = Array.from({ length: 20 }, (_, index) => ({
    event_type: types[index % types.length],
    occurred_at: new Date(Date.now() - index * 3_600_000).toISOString(),
    idempotency_key: `bench-${index}`,
  }));
  await post(
    "/rest/v1/engagement_events",
    { apikey: anonKey, authorization: `Bearer ${token}`, "content-type": "application/json" },
    events,
  );
  return { token };
}
