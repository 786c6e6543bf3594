import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import sql from "./sql/0003_connections.sql";

/** Above this share of the server's connections, a peak or a migration finds none left. */
const limit = 0.8;

/** The database has connections to spare (plan: "Check database connection pool usage"). */
export const connectionsFree = defineGate({
  id: "connections-free",
  title: "The database has connections to spare",
  readOnly: true,
  needs: ["database"],
  check: async ({ ports }) => {
    const [row] = await ports.database.query<{ used: number; most: number }>(sql);
    if (row == null) return { kind: "inconclusive", reason: "the database did not tell its connections" };
    const { used, most } = row;
    if (used <= most * limit) return { kind: "pass", evidence: { used, most, limit } };
    return {
      kind: "fail",
      findings: [
        finding(
          "connections-free",
          "max_connections",
          `${used} of ${most} connections are taken, more than ${limit * 100} %`,
          "Let the app use the pooler, end idle sessions (pg_stat_activity), or take a larger instance.",
        ),
      ],
    };
  },
});
