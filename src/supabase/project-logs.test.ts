import { afterEach, expect, it } from "vitest";
import { type FakeApi, type FakeReply, startFakeApi } from "../../tests/support/fake-api.ts";
import { createProjectLogs } from "./project-logs.ts";

const window = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };
let fake: FakeApi;
afterEach(() => fake.close());

async function answerWith(answer: (sql: string, asked: number) => FakeReply): Promise<void> {
  let asked = 0;
  fake = await startFakeApi(({ line }) => {
    const sql = new URL(`http://x${line.split(" ")[1]}`).searchParams.get("sql") ?? "";
    asked += 1;
    return answer(sql, asked);
  });
}

const row = {
  function_id: "f1",
  total: "120",
  known: 120,
  failed: 1,
  slow: 2,
  refused: 3,
  limited: 0,
  p95: 80.5,
};

it("asks for a window, and takes counts as numbers or texts", async () => {
  await answerWith(() => ({ status: 200, json: { result: [row] } }));
  expect(await createProjectLogs(fake.api, "abc").readFunctionCalls(window, 2000)).toEqual([
    { functionId: "f1", total: 120, failed: 1, slow: 2, refused: 3, limited: 0, p95Ms: 80.5 },
  ]);
  const [request] = fake.seen;
  expect(request?.line).toContain("/v1/projects/abc/analytics/endpoints/logs?sql=select");
  expect(request?.line).toContain("iso_timestamp_start=2026-01-01T00%3A00%3A00Z");
});

it("probes the other column of the source when the first finds nothing", async () => {
  await answerWith((sql) => ({
    status: 200,
    json: { result: sql.includes("where source_name =") ? [row] : [] },
  }));
  expect(await createProjectLogs(fake.api, "abc").readFunctionCalls(window, 2000)).toHaveLength(1);
  expect(fake.seen).toHaveLength(2);
});

it("takes a column that is not known for one that finds nothing", async () => {
  await answerWith((sql) =>
    sql.includes("source_name")
      ? { status: 400, json: { message: "Unknown identifier source_name" } }
      : { status: 200, json: { result: [] } },
  );
  expect(await createProjectLogs(fake.api, "abc").readRequests(window, 300_000)).toEqual([]);
});

it.each([
  ["an error with status 200", { error: "Rate exceeded" }, "Rate exceeded"],
  [
    "lines without a status: a name that is wrong reads as empty",
    { result: [{ ...row, known: 100 }] },
    "20 of 120",
  ],
])("counts nothing from %s", async (_what, json, why) => {
  await answerWith(() => ({ status: 200, json }));
  await expect(createProjectLogs(fake.api, "abc").readFunctionCalls(window, 2000)).rejects.toMatchObject({
    code: "BEE-E755",
    exit: 4,
    message: expect.stringContaining(why),
  });
});

it("waits when it asks too often", async () => {
  await answerWith((_sql, asked) =>
    asked === 1
      ? { status: 429, json: { message: "too many" } }
      : { status: 200, json: { result: [{ slot: 5, total: 10, known: 10, failed: 1 }] } },
  );
  const before = fake.clock.now();
  expect(await createProjectLogs(fake.api, "abc").readRequests(window, 300_000)).toEqual([
    { from: 1_500_000, to: 1_800_000, total: 10, failed: 1 },
  ]);
  expect(fake.clock.now() - before).toBeGreaterThanOrEqual(1000);
});
