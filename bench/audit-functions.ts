import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { readDenoBinary } from "../src/local/functions/deno-binary.ts";
import { root } from "./root.ts";
import { type Figure, median, round } from "./table.ts";

const rounds = 5;
const helpers = 30;
const modules = 4;

/** `bee audit functions` beside `deno lint` on 60 functions of five files each, and on ten times as many. */
export async function benchAuditFunctions(): Promise<{
  samples: Record<string, number[]>;
  figures: Figure[];
}> {
  const dir = await mkdtemp(join(tmpdir(), "bee-bench-audit-functions-"));
  try {
    const small = await writeFunctions(join(dir, "small"), 60);
    const large = await writeFunctions(join(dir, "large"), 600);
    const samples: Record<"functions" | "denoLint" | "functionsWithDeno" | "functionsLarge", number[]> = {
      functions: [],
      denoLint: [],
      functionsWithDeno: [],
      functionsLarge: [],
    };
    await audit(small);
    for (let i = 0; i < rounds; i++) {
      samples.functions.push(await audit(small));
      samples.denoLint.push(await denoLint(small));
    }
    for (let i = 0; i < 3; i++) samples.functionsWithDeno.push(await audit(small, true));
    for (let i = 0; i < 2; i++) samples.functionsLarge.push(await audit(large));
    const bee = median(samples.functions);
    const lint = median(samples.denoLint);
    return {
      samples,
      figures: [
        {
          what: "bee audit functions, 300 files / 100,000 lines",
          measured: round(bee),
          unit: "ms",
          goal: 3000,
        },
        { what: "deno lint --json, the same files", measured: round(lint), unit: "ms", goal: null },
        { what: "bee / deno lint", measured: round(bee / lint, 2), unit: "×", goal: null },
        {
          what: "bee audit functions with deno check and deno lint",
          measured: round(median(samples.functionsWithDeno)),
          unit: "ms",
          goal: null,
        },
        {
          what: "functions: 1,000,000 lines / 100,000 lines (10 = linear)",
          measured: round(median(samples.functionsLarge) / bee, 2),
          unit: "×",
          goal: 12,
        },
      ],
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Its own rules alone, unless asked for what Deno says as well. */
async function audit(dir: string, withDeno = false): Promise<number> {
  const started = performance.now();
  const args = ["audit", "functions", dir, "--json", ...(withDeno ? [] : ["--no-deno"])];
  await execa(process.execPath, [join(root, "bin/bee.js"), ...args], { stdin: "ignore", maxBuffer: 1e9 });
  return performance.now() - started;
}

async function denoLint(dir: string): Promise<number> {
  const cache = await mkdtemp(join(tmpdir(), "bee-bench-deno-"));
  const started = performance.now();
  // It exits 1 when it finds something.
  await execa(readDenoBinary(), ["lint", "--json", "--no-config", join(dir, "supabase/functions")], {
    env: { DENO_DIR: cache, DENO_NO_UPDATE_CHECK: "1" },
    stdin: "ignore",
    reject: false,
    maxBuffer: 1e9,
  });
  const took = performance.now() - started;
  await rm(cache, { recursive: true, force: true });
  return took;
}

async function writeFunctions(dir: string, count: number): Promise<string> {
  const names = (module: number): string[] =>
    Array.from({ length: helpers }, (_, index) => `helper${module}_${index}`);
  const all = Array.from({ length: modules }, (_, module) => module);
  const entry = `import { createClient } from "npm:@supabase/supabase-js@2.45.4";
${all.map((module) => `import { ${names(module).join(", ")} } from "./m${module}.ts";`).join("\n")}
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser((req.headers.get("authorization") ?? "").slice(7));
  if (!user) return new Response("unauthorized", { status: 401 });
${all.flatMap((module) => names(module).map((name) => `  await ${name}({\n    id: user.id,\n    values: [1, 2],\n  });`)).join("\n")}
  return new Response("ok");
});
`;
  for (let i = 0; i < count; i++) {
    const folder = join(dir, `supabase/functions/fn-${i}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "index.ts"), entry);
    for (const module of all)
      await writeFile(join(folder, `m${module}.ts`), names(module).map(renderHelper).join("\n"));
  }
  return dir;
}

function renderHelper(name: string): string {
  return `export async function ${name}(input: { readonly id: string; readonly values: readonly number[] }) {
  let sum = 0;
  for (const value of input.values) {
    if (value > 3) sum += value;
    else sum -= value;
  }
  const scaled = input.values.map((value) => value * sum).filter((value) => value > 0);
  if (scaled.length > 100) throw new Error("too many");
  return scaled.reduce((total, value) => total + value, sum);
}
`;
}
