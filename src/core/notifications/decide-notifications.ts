import { dayOf } from "../momentum/calendar.ts";
import { detectIntervention, detectTriggers, type Trigger } from "./detect-triggers.ts";
import { hasReached, limitReached } from "./limits.ts";
import { messageFor } from "./messages.ts";
import type {
  Decision,
  DeferredDecision,
  LimitedDecision,
  NotificationDecisions,
  NotificationInput,
  NotificationType,
  PastNotification,
} from "./notification.ts";
import { quietUntil } from "./quiet-hours.ts";
import { type NotificationRules, notificationRulesV1 } from "./rules.ts";

/**
 * What one user is to be told now. A streak that has had its notification gets no second one; quiet hours put the
 * rest off; what then goes past a limit is left out, with the reason. Throws a RangeError on a bad date, time or zone.
 */
export function decideNotifications(
  input: NotificationInput,
  rules: NotificationRules = notificationRulesV1,
): NotificationDecisions {
  const { nowMs, rows, notifications, preferences } = input;
  const today = dayOf(nowMs, preferences.timeZone ?? "UTC");
  const untilMs = quietUntil(nowMs, preferences);
  const past = [...notifications];
  const due: Decision[] = [];
  const limited: LimitedDecision[] = [];
  const deferred: DeferredDecision[] = [];

  const settle = (decision: Decision) => {
    const reason = limitReached(decision.type, past, nowMs, preferences, rules);
    if (untilMs !== null) {
      deferred.push({ ...decision, untilMs });
    } else if (reason !== null) {
      limited.push({ ...decision, reason });
    } else {
      due.push(decision);
      past.push({
        type: decision.type,
        triggerDate: decision.triggerDate,
        createdAtMs: nowMs,
        status: "pending",
      });
    }
  };
  for (const trigger of detectTriggers(rows, today, rules)) {
    const decision = decisionOn(trigger.type, input, today, rules);
    if (hasFired(trigger, notifications)) limited.push({ ...decision, reason: "already-notified" });
    else settle(decision);
  }
  if (due.length === 0 && deferred.length === 0 && wantsMotivation(input, rules)) {
    settle(decisionOn("daily_motivation", input, today, rules));
  }

  return {
    due,
    limited,
    deferred,
    intervention: detectIntervention(rows, input.interventionDates, today, rules),
  };
}

function decisionOn(
  type: NotificationType,
  { rows: [newest] }: NotificationInput,
  today: string,
  rules: NotificationRules,
): Decision {
  const triggerDate = newest?.date ?? today;
  return {
    type,
    triggerDate,
    triggerScore: newest?.finalScore ?? null,
    triggerState: newest?.state ?? null,
    message: messageFor(type, today, rules.messages),
  };
}

function hasFired({ type, sinceDate }: Trigger, notifications: readonly PastNotification[]): boolean {
  return notifications.some(
    (one) => hasReached(one) && one.type === type && (sinceDate === null || one.triggerDate >= sinceDate),
  );
}

/** For someone new, when there is nothing else to say. */
function wantsMotivation(input: NotificationInput, { motivation }: NotificationRules): boolean {
  const silentSince = input.nowMs - motivation.silenceMinutes * 60_000;
  return (
    input.rows.length <= motivation.rows &&
    !input.notifications.some((one) => hasReached(one) && one.createdAtMs > silentSince)
  );
}
