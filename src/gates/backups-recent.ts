import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

const gate = "backups-recent";
const hour = 3_600_000;
const oldestHours = 24;

/** There is a way back that is at most a day old, or point-in-time recovery (plan: "backup and recovery tested"). */
export const backupsRecent = defineGate({
  id: gate,
  title: "A backup is at most a day old",
  readOnly: true,
  needs: ["backups"],
  check: async ({ ports }) => {
    const { pitrEnabled, points } = await ports.backups.read();
    const newest = points
      .map(({ takenAt }) => Date.parse(takenAt))
      .reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    if (Number.isNaN(newest)) return { kind: "inconclusive", reason: "a backup's time cannot be read" };
    const hours = Math.round(((Date.now() - newest) / hour) * 10) / 10;
    if (pitrEnabled) {
      return { kind: "pass", evidence: { pointInTimeRecovery: true, backups: points.length } };
    }
    if (hours < -0.1) {
      return {
        kind: "inconclusive",
        reason: `the newest backup is of the future (${new Date(newest).toISOString()}): compare the clocks`,
      };
    }
    if (hours <= oldestHours)
      return {
        kind: "pass",
        evidence: {
          newest: new Date(newest).toISOString(),
          hours,
          backups: points.length,
          pointInTimeRecovery: false,
        },
      };
    const detail =
      points.length === 0
        ? "there is no backup and no point-in-time recovery"
        : `the newest backup is ${Math.round(hours)} h old, and there is no point-in-time recovery`;
    return {
      kind: "fail",
      findings: [
        finding(
          gate,
          points.length === 0 ? "none" : "old",
          detail,
          "Enable daily backups or point-in-time recovery (Project settings › Add-ons); locally: bee local backup",
        ),
      ],
    };
  },
});
