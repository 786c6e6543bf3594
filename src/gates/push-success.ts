import { liveWindow } from "./live-window.ts";
import { defineMetricGate, type MetricSource } from "./metric-gate.ts";
import outcomesSql from "./sql/0008_push_outcomes.sql";

const table = "momentum_notifications";
const hours = 30 * 24;

interface Outcomes {
  readonly accepted: number;
  readonly delivered: number;
  readonly gone: number;
  readonly failed: number;
  readonly lost: number;
  readonly stuck: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** The app's own send log. */
const sendLog: MetricSource = {
  name: table,
  async read({ ports }, release) {
    const window = liveWindow(release, hours);
    const [there] = await ports.database.query<{ there: boolean }>(
      `select to_regclass('public.${table}') is not null as there`,
    );
    if (there?.there !== true) return [{ kind: "silent", source: table, why: "there is no such table" }];
    const [row] = await ports.database.query<Outcomes>(outcomesSql, [window.from]);
    if (row == null) return [{ kind: "silent", source: table, why: "it did not answer" }];
    const { accepted, delivered, gone, failed, lost, stuck, reasons } = row;
    const bad = failed + lost + stuck;
    const told = [
      `${delivered} reported as delivered`,
      ...(gone === 0 ? [] : [`${gone} to devices that are gone left out`]),
      ...(lost === 0 ? [] : [`${lost} without an answer`]),
      ...(stuck === 0 ? [] : [`${stuck} never sent`]),
      ...Object.entries(reasons).map(([reason, times]) => `${times} × ${reason}`),
    ];
    return [{ kind: "counted", source: table, window, bad, total: accepted + bad, shown: told.join(", ") }];
  },
};

/** FCM itself, by a message that is validated and not sent. */
const credentials: MetricSource = {
  name: "FCM",
  async read({ ports, facts }) {
    const account = facts.secrets?.get("FCM_SERVICE_ACCOUNT");
    const source = "FCM";
    if (account == null)
      return [{ kind: "silent", source, why: "not tried: FCM_SERVICE_ACCOUNT has no value here" }];
    const answer = await ports.push.validate(account, facts.secrets?.get("FCM_ENDPOINT") ?? null);
    if (answer.kind === "accepted")
      return [{ kind: "silent", source, why: "takes the credentials (validate_only)" }];
    if (answer.kind === "refused") return [{ kind: "broken", source, why: answer.why }];
    return [{ kind: "silent", source, why: answer.why }];
  },
};

/** Accepted is not delivered: what arrived is what the app reports back, and is told beside. */
export const pushSuccess = defineMetricGate({
  id: "push-success",
  title: "More than 95 % of the notifications to valid tokens are accepted",
  bad: "notifications failed",
  limit: 0.05,
  fix: "Group the failures in momentum_notifications by error; take tokens out of use that FCM calls UNREGISTERED.",
  measuredBy: null,
  needs: ["database", "push"],
  sources: [sendLog, credentials],
});
