import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../ports/journal.ts";
import { createJournalFile } from "./journal-file.ts";

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bee-journal-"));
  path = join(dir, "state", "journal.jsonl");
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const at = "2026-01-01T00:00:00.000Z";
const begun: JournalEntry = { type: "intent", run: "r", at, step: "migrations.apply", inputKey: "k" };
const ended: JournalEntry = {
  type: "result",
  run: "r",
  at,
  step: "migrations.apply",
  inputKey: "k",
  outcome: "done",
};

describe("the journal file", () => {
  it("is empty before the first entry, and not made by reading", async () => {
    expect(await createJournalFile(path).read()).toEqual([]);
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("gives back what was appended, in order, private to its owner", async () => {
    await createJournalFile(path).append(begun);
    await createJournalFile(path).append(ended);
    expect(await createJournalFile(path).read()).toEqual([begun, ended]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, "state"))).mode & 0o777).toBe(0o700);
  });

  it("survives a write that was cut short at any byte", async () => {
    await createJournalFile(path).append(begun);
    const whole = await readFile(path);
    await createJournalFile(path).append({ ...ended, step: "bienen-ü🐝" });
    const { size } = await stat(path);
    for (let length = size - 1; length >= whole.length; length -= 1) {
      await truncate(path, length);
      expect(await createJournalFile(path).read()).toEqual([begun]);
    }
  });

  it("goes on after a write that was cut short", async () => {
    await createJournalFile(path).append(begun);
    await appendFile(path, '{"type":"resu');
    await createJournalFile(path).append(ended);
    await createJournalFile(path).append(ended);
    expect(await createJournalFile(path).read()).toEqual([begun, ended, ended]);
  });

  it.each([
    ["a damaged line", "{\u0000\u0000\n", "line 1 is not JSON"],
    ["another shape", '{"type":"intent","run":1}\n', "line 1 is not a journal entry"],
    ["an empty line", "\n", "line 1 is not JSON"],
  ])("names %s and leaves the file as it is", async (_what, text, said) => {
    await createJournalFile(path).append(begun);
    await writeFile(path, text + JSON.stringify(ended));
    await expect(createJournalFile(path).read()).rejects.toMatchObject({
      code: "BEE-E542",
      message: expect.stringContaining(said),
      hint: expect.stringContaining(`mv ${path}`),
    });
    expect(await readFile(path, "utf8")).toBe(text + JSON.stringify(ended));
  });

  it("says when it cannot be written", async () => {
    await writeFile(join(dir, "state"), "a file where the folder should be");
    await expect(createJournalFile(path).append(begun)).rejects.toMatchObject({ code: "BEE-E543", exit: 2 });
  });

  it("writes entries one behind the other, however many are handed in at once", async () => {
    const journal = createJournalFile(path);
    const entries = Array.from({ length: 20 }, (_, index) => ({ ...begun, step: `s${index}` }));
    await Promise.all(entries.map((entry) => journal.append(entry)));
    expect(await journal.read()).toEqual(entries);
  });

  it("keeps the entries of several writers whole", async () => {
    const writers = Array.from({ length: 8 }, () => createJournalFile(path));
    const entries = writers.flatMap((_, writer) =>
      Array.from({ length: 10 }, (__, index) => ({ ...begun, step: `s${writer}.${index}` })),
    );
    await Promise.all(entries.map((entry, index) => writers[index % writers.length]?.append(entry)));
    const read = await createJournalFile(path).read();
    expect(read.map((entry) => ("step" in entry ? entry.step : "")).sort()).toEqual(
      entries.map((entry) => entry.step).sort(),
    );
  });
});
