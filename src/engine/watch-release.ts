import type { Emit } from "../plan/run-event.ts";
import {
  type Breach,
  type Count,
  findBreach,
  findDoubts,
  type Indicator,
  type IndicatorReading,
  indicators,
  watchWindows,
} from "../plan/watch.ts";
import type { AppGateway, AppSession } from "../ports/app-gateway.ts";
import type { ProjectLogs } from "../ports/project-logs.ts";
import type { Clock } from "./clock.ts";

export interface WatchInput {
  /** Functions of the release, by slug, with the id that logs name them by. */
  readonly functions: readonly { readonly slug: string; readonly id: string }[];
  readonly durationMs: number;
  readonly logs: ProjectLogs;
  readonly app: Pick<AppGateway, "anonymous">;
  /** Null while the release is the one that is live; else what is. */
  readonly readSuccessor: () => Promise<string | null>;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Resolves early when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type WatchOutcome =
  | { readonly kind: "held" | "interrupted" }
  | { readonly kind: "breach"; readonly breach: Breach }
  | { readonly kind: "unsure"; readonly doubts: readonly string[] }
  | { readonly kind: "superseded"; readonly by: string };

export interface Watched {
  readonly outcome: WatchOutcome;
  readonly watchedMs: number;
  readonly figures: Readonly<Record<Indicator["id"], Count>>;
}

interface Probe {
  readonly at: number;
  readonly ofFunction: boolean;
  readonly bad: boolean;
}

const slowMs = 2000;
/** In the long window: 207 answered ones tell 99.9 % from 14.4 times worse. */
const wantedRounds = 260;
const leastBetweenMs = 250;
const judgeEveryMs = 15_000;
const tellEveryMs = 60_000;

/**
 * Watches a release that is live: the calls that its users make, from the project's logs, and probes of its own, which
 * ask nothing of anybody. Writes nothing and holds no lock: whoever must act meanwhile can.
 */
export async function watchRelease(input: WatchInput): Promise<Watched> {
  const { clock, durationMs, signal, emit } = input;
  const started = clock.now();
  const probes: Probe[] = [];
  const waitMs = Math.max(leastBetweenMs, Math.min(durationMs, watchWindows.longMs) / wantedRounds);
  const said = new Set<string>();
  const tellOnce = (text: string): void => {
    if (!said.has(text)) emit({ type: "note", text });
    said.add(text);
  };
  let judged = started;
  let told = started;
  let readings = await readIndicators(input, probes, started, tellOnce);
  const end = (outcome: WatchOutcome): Watched => ({
    outcome,
    watchedMs: clock.now() - started,
    figures: sumFigures(readings),
  });
  while (clock.now() - started < durationMs) {
    if (signal.aborted) return end({ kind: "interrupted" });
    probes.push(...(await sendProbes(input)));
    if (clock.now() - judged >= Math.min(judgeEveryMs, durationMs / 8)) {
      judged = clock.now();
      readings = await readIndicators(input, probes, started, tellOnce);
      const breach = findBreach(readings);
      if (breach != null) return end({ kind: "breach", breach });
      const successor = await input.readSuccessor();
      if (successor != null) return end({ kind: "superseded", by: successor });
    }
    if (clock.now() - told >= tellEveryMs) {
      told = clock.now();
      emit({ type: "note", text: describe(readings, told - started, durationMs) });
    }
    await input.pause(waitMs, signal);
  }
  if (signal.aborted) return end({ kind: "interrupted" });
  readings = await readIndicators(input, probes, started, tellOnce);
  const breach = findBreach(readings);
  if (breach != null) return end({ kind: "breach", breach });
  const doubts = findDoubts(readings);
  return end(doubts.length === 0 ? { kind: "held" } : { kind: "unsure", doubts });
}

/** In one round: every function by a preflight, which boots it and asks nothing, and the services beside them. */
async function sendProbes({ app, functions, clock, signal }: WatchInput): Promise<readonly Probe[]> {
  const session = app.anonymous();
  const ask = async (path: string, method: string, ofFunction: boolean): Promise<Probe> => ({
    ofFunction,
    bad: await isUnanswered(session, path, method, ofFunction),
    at: clock.now(),
  });
  const sent = await Promise.all([
    ask("/auth/v1/health", "GET", false),
    ask("/rest/v1/", "HEAD", false),
    ...functions.map(({ slug }) => ask(`/functions/v1/${slug}`, "OPTIONS", true)),
  ]);
  // An interrupted request says nothing of who was asked.
  return signal.aborted ? [] : sent;
}

async function isUnanswered(
  session: AppSession,
  path: string,
  method: string,
  ofFunction: boolean,
): Promise<boolean> {
  try {
    const { status } = await session.send({ method, path });
    return status >= 500 || (ofFunction && status === 404);
  } catch {
    return true;
  }
}

async function readIndicators(
  { logs, functions, clock }: WatchInput,
  probes: readonly Probe[],
  started: number,
  tell: (text: string) => void,
): Promise<readonly IndicatorReading[]> {
  const now = clock.now();
  const from = (ms: number): number => Math.max(started, now - ms);
  const ids = new Set(functions.map(({ id }) => id));
  const calls = async (ms: number): Promise<{ readonly errors: Count; readonly slow: Count }> => {
    const window = { from: new Date(from(ms)).toISOString(), to: new Date(now).toISOString() };
    const logged = await logs.readFunctionCalls(window, slowMs).catch((error: unknown) => {
      tell(`calls are not counted: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    });
    const own = logged.filter(({ functionId }) => ids.has(functionId));
    const total = own.reduce((sum, one) => sum + one.total, 0);
    return {
      errors: { total, bad: own.reduce((sum, one) => sum + one.failed, 0) },
      slow: { total, bad: own.reduce((sum, one) => sum + one.slow, 0) },
    };
  };
  const [long, short] = await Promise.all([calls(watchWindows.longMs), calls(watchWindows.shortMs)]);
  const probed = (ofFunction: boolean, ms: number): Count => {
    const inside = probes.filter((probe) => probe.ofFunction === ofFunction && probe.at >= from(ms));
    return { total: inside.length, bad: inside.filter(({ bad }) => bad).length };
  };
  const both = (indicator: Indicator, ofFunction: boolean): IndicatorReading => ({
    indicator,
    long: probed(ofFunction, watchWindows.longMs),
    short: probed(ofFunction, watchWindows.shortMs),
  });
  return [
    // First: where the platform does not answer, its functions cannot.
    both(indicators.platform, false),
    ...(functions.length === 0 ? [] : [both(indicators.answers, true)]),
    { indicator: indicators.errors, long: long.errors, short: short.errors },
    { indicator: indicators.slow, long: long.slow, short: short.slow },
  ];
}

function sumFigures(readings: readonly IndicatorReading[]): Watched["figures"] {
  const none: Count = { total: 0, bad: 0 };
  const of = (id: Indicator["id"]): Count =>
    readings.find(({ indicator }) => indicator.id === id)?.long ?? none;
  return { errors: of("errors"), slow: of("slow"), answers: of("answers"), platform: of("platform") };
}

function describe(readings: readonly IndicatorReading[], elapsedMs: number, durationMs: number): string {
  const { errors, slow, answers, platform } = sumFigures(readings);
  const minutes = (ms: number): string => `${Math.round(ms / 60_000)}`;
  return `watched ${minutes(elapsedMs)} of ${minutes(durationMs)} min: ${errors.total} calls, ${errors.bad} failed, ${slow.bad} slow or failed; ${answers.bad + platform.bad} of ${answers.total + platform.total} probes unanswered`;
}
