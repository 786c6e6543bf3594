import { defineConfig } from "vitest/config";

/** As esbuild's text loader does in the build. */
const sqlText = {
  name: "sql-text",
  transform: (code: string, id: string) =>
    id.endsWith(".sql") ? `export default ${JSON.stringify(code)}` : null,
};

/** They kill at points of time, hold locks for their time, or generate load: nothing may run beside them. */
const alone = ["crash-*", "deploy-lock", "loadtest", "restore"].map(
  (name) => `tests/e2e/${name}.e2e.test.ts`,
);

/**
 * One project per suffix: what a test needs is said by its name. They run one after the other, the slow ones last
 * and alone: on two cores they would only time one another out.
 */
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
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          sequence: { groupOrder: 1 },
          include: ["src/**/*.integration.test.ts", "tests/integration/**/*.integration.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          sequence: { groupOrder: 3 },
          include: ["tests/e2e/**/*.e2e.test.ts"],
          exclude: alone,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e-alone",
          sequence: { groupOrder: 4 },
          include: alone,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "interop",
          sequence: { groupOrder: 2 },
          include: ["tests/interop/**/*.interop.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
