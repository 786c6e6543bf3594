import { assembleFcmMessage } from "../../../src/core/notifications/fcm-message.ts";
import type { Device } from "./candidates.ts";
import type { Outgoing } from "./decide.ts";
import type { Fcm, SendResult } from "./fcm.ts";

/** What became of one notification, as public.record_notification_outcomes takes it. */
export interface Outcome {
  readonly id: string;
  readonly status: "sent" | "failed" | "unknown";
  readonly messageId: string | null;
  /** A code such as `404 UNREGISTERED`. */
  readonly error: string | null;
}

export interface DeadToken {
  readonly id: string;
  readonly token: string;
  readonly reason: string;
}

interface SendReport {
  readonly outcomes: readonly Outcome[];
  readonly deadTokens: readonly DeadToken[];
  /** True when FCM refused the credentials: nothing more can be sent in this run. */
  readonly stopped: boolean;
}

interface SendOptions {
  readonly fcm: Fcm;
  readonly dryRun: boolean;
  readonly nowMs: () => number;
  /** No new attempt after this (ms), so that the outcomes can still be written down. */
  readonly until: number;
  readonly deadline: AbortSignal;
}

const concurrency = 16;

/** Sends each notification to all devices of its user, many at a time. */
export async function sendAll(outgoing: readonly Outgoing[], options: SendOptions): Promise<SendReport> {
  const outcomes: Outcome[] = [];
  const deadTokens: DeadToken[] = [];
  let stopped = false;
  let next = 0;

  const sendOne = async ({ id, decision, devices }: Outgoing) => {
    const results: SendResult[] = [];
    for (const device of devices) {
      if (stopped) break;
      const result = await sendTo(device, id, decision, options);
      results.push(result);
      if (result.kind === "credentials") stopped = true;
      if (result.kind === "token-dead")
        deadTokens.push({ id: device.id, token: device.token, reason: result.detail });
    }
    outcomes.push(judgeOutcome(id, results));
  };
  const worker = async () => {
    for (let one = outgoing[next++]; one !== undefined; one = outgoing[next++]) {
      if (stopped || options.nowMs() > options.until) {
        outcomes.push({
          id: one.id,
          status: "failed",
          messageId: null,
          error: stopped ? "stopped" : "out of time",
        });
      } else {
        await sendOne(one);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, outgoing.length) }, worker));
  return { outcomes, deadTokens, stopped };
}

async function sendTo(
  device: Device,
  notificationId: string,
  { type, message }: Outgoing["decision"],
  { fcm, dryRun, nowMs, until, deadline }: SendOptions,
): Promise<SendResult> {
  const assembled = assembleFcmMessage({
    token: device.token,
    type,
    message,
    notificationId,
    nowMs: nowMs(),
    validateOnly: dryRun,
  });
  if ("issue" in assembled) return { kind: "bug", detail: "message refused before sending" };
  return await fcm.send(assembled.body, until, deadline);
}

/** One device that got it is enough; one that may have got it forbids another try. */
function judgeOutcome(id: string, results: readonly SendResult[]): Outcome {
  const sent = results.find((result) => result.kind === "sent");
  if (sent !== undefined) return { id, status: "sent", messageId: sent.messageId, error: null };
  const lost = results.find((result) => result.kind === "lost");
  if (lost !== undefined) return { id, status: "unknown", messageId: null, error: lost.detail };
  const [refused] = results.flatMap((result) => ("detail" in result ? [result.detail] : []));
  return { id, status: "failed", messageId: null, error: refused ?? "stopped" };
}
