import { defineConfig } from "vitest/config";

/** As esbuild's text loader does in the build. */
const sqlText = {
  name: "sql-text",
  transform: (code: string, id: string) =>
    id.endsWith(".sql") ? `export default ${JSON.stringify(code)}` : null,
};

// Tests reach loopback only, and each of the thousand processes they start would read a machine's CAs for 60 ms.
delete process.env["NODE_EXTRA_CA_CERTS"];

/** They generate load: nothing may run beside them. */
const alone = ["tests/e2e/loadtest.e2e.test.ts", "src/tools/load/pgbench.integration.test.ts"];

/** For two cores: a third of the time a test waits for what it started. More would time one another out. */
const three = { maxWorkers: 3 };
/** Many small files share a process: its start costs more than most of them. */
const shared = { ...three, isolate: false };
const slow = { testTimeout: 180_000, hookTimeout: 180_000 };

/** One project per suffix: what a test needs is said by its name. */
export default defineConfig({
  plugins: [sqlText],
  test: {
    // What a machine without power would lose is not tested; a killed process loses nothing by it.
    env: { BEE_LOCAL_FSYNC: "off" },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          sequence: { groupOrder: 0 },
          include: ["src/**/*.test.ts", "tests/unit/**/*.test.ts"],
          exclude: ["**/*.integration.test.ts"],
          ...shared,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          sequence: { groupOrder: 1 },
          include: ["src/**/*.integration.test.ts", "tests/integration/**/*.integration.test.ts"],
          exclude: alone,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          ...shared,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          sequence: { groupOrder: 1 },
          include: ["tests/e2e/**/*.e2e.test.ts", "tests/interop/**/*.interop.test.ts"],
          exclude: alone,
          ...slow,
          ...three,
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          sequence: { groupOrder: 2 },
          include: alone,
          ...slow,
          fileParallelism: false,
        },
      },
    ],
  },
});
