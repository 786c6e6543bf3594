import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const src = "src";
const all = [
  "core",
  "plan",
  "audit",
  "ports",
  "steps",
  "gates",
  "supabase",
  "tools",
  "engine",
  "config",
  "output",
  "local",
  "commands",
];

/** The arrow table: what each part of the house may import. Mend the arrow, not the table, unless an ADR says so. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  plan: ["core"],
  audit: ["core", "plan"],
  ports: ["core", "plan"],
  steps: ["core", "plan", "ports"],
  gates: ["core", "plan", "ports"],
  tools: ["core", "plan", "ports"],
  supabase: ["core", "plan", "ports"],
  engine: ["core", "plan", "ports"],
  config: ["core", "plan", "ports"],
  output: ["core", "plan"],
  local: ["core"],
  commands: all,
  cli: [...all, "cli"],
};

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter(
    (path) =>
      path.endsWith(".ts") &&
      !path.endsWith(".test.ts") &&
      !path.endsWith(".test-support.ts") &&
      !path.endsWith(".d.ts"),
  );

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier ?? "");
}

function partOf(path: string): string {
  return path.split("/")[0] ?? "";
}

describe("the house", () => {
  it("keeps its arrows", () => {
    const wrong = files.flatMap((file) => {
      const part = partOf(file);
      return importsOf(file)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => partOf(normalize(join(dirname(file), specifier)).replaceAll("\\", "/")))
        .filter((to) => to !== part && !(arrows[part] ?? []).includes(to))
        .map((to) => `${file} imports ${to}`);
    });
    expect(wrong).toEqual([]);
  });

  it("keeps the cores pure: no packages, no node, no clock, no environment", () => {
    const wrong = files
      .filter((file) => partOf(file) === "core")
      .flatMap((file) => {
        const text = readFileSync(join(src, file), "utf8");
        const outside = importsOf(file).filter((specifier) => !specifier.startsWith("."));
        const impure = [/\bDate\.now\(/, /\bnew Date\(\)/, /\bMath\.random\(/, /\bprocess\./, /\bDeno\./]
          .filter((pattern) => pattern.test(text))
          .map(String);
        return [...outside, ...impure].map((what) => `${file}: ${what}`);
      });
    expect(wrong).toEqual([]);
  });

  it("lets nobody but `bee local`, doctor and the composition root reach into the platform", () => {
    const allowed = /^(local|cli|commands\/(local|doctor))\//;
    const wrong = files.filter(
      (file) => !allowed.test(file) && importsOf(file).some((specifier) => specifier.includes("/local/")),
    );
    expect(wrong).toEqual([]);
  });

  it("has no command that imports another, and no barrels but the registries", () => {
    const crossing = files
      .filter((file) => /^commands\/[^/]+\//.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((specifier) => specifier.endsWith(".command.ts"))
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(crossing).toEqual([]);
    const registries = ["steps/index.ts", "gates/index.ts", "audit/index.ts"];
    expect(files.filter((file) => file.endsWith("/index.ts") && !registries.includes(file))).toEqual([]);
  });

  it("imports zod by namespace: by name all of it would be loaded at every start", () => {
    const whole = files.filter((file) =>
      /import (?!type)\{[^}]*\} from "zod"/.test(readFileSync(join(src, file), "utf8")),
    );
    expect(whole).toEqual([]);
  });

  it("keeps files to three screens", () => {
    const long = files.filter((file) => readFileSync(join(src, file), "utf8").split("\n").length > 301);
    expect(long).toEqual([]);
  });
});
