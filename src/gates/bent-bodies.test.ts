import { describe, expect, it } from "vitest";
import { assembleBentBodies } from "./bent-bodies.ts";

const body = { user_id: "00000000-0000-4000-8000-000000000000", note: "free text", count: 3, dry: true };
const bodies = assembleBentBodies(body, ["count"]);
const named = (name: string) => bodies.find((bent) => bent.name === name);

describe("assembleBentBodies", () => {
  it("leaves nothing out of the plan's list", () => {
    const names = bodies.map(({ name }) => name);
    for (const name of [
      "user_id: missing",
      "user_id: null",
      "user_id: a number",
      "user_id: a list",
      "user_id: an object",
      "user_id: a NUL character",
      "dry: a text",
      "a list instead of an object",
      "text/plain",
      "a body of more than 1 MB",
      "a deeply nested body",
      "__proto__",
      "a body that breaks off",
    ])
      expect(names).toContain(name);
  });

  it("lets optional fields be absent", () => {
    expect(named("count: missing")).toBeUndefined();
    expect(named("count: null")).toBeUndefined();
    expect(named("count: a text")?.wanted).toBe("refused");
  });

  it("wants junk refused where a text has a form, and survived where it has none", () => {
    expect(named("user_id: a NUL character")?.wanted).toBe("refused");
    expect(named("note: a NUL character")?.wanted).toBe("survived");
    expect(named("note: a number")?.wanted).toBe("refused");
  });

  it("keeps the whole valid body but for what it bends, so that a slip does what the body says", () => {
    const broken = ["a body that breaks off", "a deeply nested body", "a list instead of an object"];
    for (const { name, text } of bodies.filter(
      (bent) => !broken.includes(bent.name) && bent.contentType.endsWith("json"),
    )) {
      if (name === "a text instead of an object") continue;
      const parsed = JSON.parse(text) as Record<string, unknown>;
      const bent = name.split(":")[0];
      for (const [field, value] of Object.entries(body))
        if (field !== bent) expect(parsed[field]).toEqual(value);
    }
    expect(Object.keys(JSON.parse(named("__proto__")?.text ?? "{}"))).toContain("__proto__");
    expect((named("a body of more than 1 MB")?.text ?? "").length).toBeGreaterThan(1024 * 1024);
  });

  it("sends what is wrong in any case when no valid body is known", () => {
    const blind = assembleBentBodies(null, []);
    expect(blind.every(({ wanted }) => wanted === "refused")).toBe(true);
    expect(blind.map(({ text }) => text)).not.toContain("{}");
    expect(() =>
      JSON.parse(blind.find(({ name }) => name === "a body that breaks off")?.text ?? "{}"),
    ).toThrow();
  });
});
