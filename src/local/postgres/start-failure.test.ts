import { expect, it } from "vitest";
import { isPortTaken, judgeStartFailure } from "./start-failure.ts";

it.each([
  ['1 @ FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device', "BEE-E404"],
  ['1 @ LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', "BEE-E403"],
  ["1 @ PANIC:  could not locate a valid checkpoint record at 0/30876D8", "BEE-E405"],
  ['1 @ PANIC:  could not read file "global/pg_control": read 0 of 296', "BEE-E405"],
  ["1 @ FATAL:  database files are incompatible with server", "BEE-E405"],
  ["1 @ FATAL:  something nobody has seen", "BEE-E402"],
  ["", "BEE-E402"],
])("judges %j as %s and says what to do", (line, code) => {
  const error = judgeStartFailure(["1 @ LOG:  starting PostgreSQL", line], "/data");
  expect(error).toMatchObject({ code, hint: expect.stringMatching(/bee local|again/) });
  expect(isPortTaken(error)).toBe(code === "BEE-E403");
});
