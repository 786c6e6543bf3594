import { readFileSync } from "node:fs";
import {
  addDays,
  dayBounds,
  dayOf,
  daysBetween,
  isDate,
  isTimeZone,
  parseTargetDate,
} from "../../src/core/momentum/calendar.ts";
import { round2 } from "../../src/core/momentum/round2.ts";
import { judgeState, scoreDay } from "../../src/core/momentum/score-day.ts";
import { instantsOf } from "../../src/core/momentum/wall-clock.ts";
import { backoffMs } from "../../src/core/notifications/backoff.ts";
import { decideNotifications } from "../../src/core/notifications/decide-notifications.ts";
import { assembleFcmMessage } from "../../src/core/notifications/fcm-message.ts";
import { judgeFcmReply } from "../../src/core/notifications/fcm-reply.ts";
import type { Decision, NotificationInput } from "../../src/core/notifications/notification.ts";

/** A call and what it answers, or the name of the error it throws. */
interface Vector {
  readonly name: string;
  readonly run: () => unknown;
  readonly expect?: unknown;
  readonly throws?: string;
}

type Callable = (...args: never[]) => unknown;

/** The functions that each file of vectors is about. */
const files: Readonly<Record<string, Readonly<Record<string, Callable>>>> = {
  momentum: { scoreDay, judgeState, round2 },
  calendar: { dayOf, dayBounds, instantsOf, daysBetween, addDays, isDate, isTimeZone, parseTargetDate },
  notifications: { decideNotifications: decideWithoutMessages },
  fcm: { assembleFcmMessage, judgeFcmReply, backoffMs },
};

/** Every vector of `tests/vectors/*.json`, by file and function; Node and Deno run the same list. */
export function readVectors(): readonly { readonly title: string; readonly vectors: readonly Vector[] }[] {
  return Object.entries(files).flatMap(([file, functions]) => {
    const url = new URL(`./${file}.json`, import.meta.url);
    // Parsed as text: an import would turn a key "__proto__" into a prototype.
    const { about: _, ...cases } = JSON.parse(readFileSync(url, "utf8"));
    const strangers = Object.keys(cases).filter((name) => !Object.hasOwn(functions, name));
    if (strangers.length > 0) throw new Error(`${file}.json: no function ${strangers.join(", ")}`);
    return Object.entries(functions).map(([name, call]) => ({
      title: `${file}: ${name}`,
      vectors: readCases(cases[name], call),
    }));
  });
}

interface WrittenCase {
  readonly name: string;
  readonly args: never[];
  readonly expect?: unknown;
  readonly throws?: string;
}

function readCases(cases: readonly WrittenCase[], call: Callable): Vector[] {
  return cases.map(({ args, ...rest }) => ({ ...rest, run: () => call(...args) }));
}

/** Wording may change without a new vector. */
function decideWithoutMessages(input: NotificationInput): unknown {
  const without = <T extends Decision>({ message: _, ...decision }: T) => decision;
  const { due, limited, deferred, intervention } = decideNotifications(input);
  return {
    due: due.map(without),
    limited: limited.map(without),
    deferred: deferred.map(without),
    intervention,
  };
}
