import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { benchAuditFunctions } from "./audit-functions.ts";
import { root } from "./root.ts";
import { median, type Result, round } from "./table.ts";

const rounds = 7;
const files = 300;

/** `bee audit migrations` beside squawk on the same 300 files, and on ten times as much. */
export async function benchAudit(): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), "bee-bench-audit-"));
  try {
    const small = await writeSet(join(dir, "small"), 100_000);
    const large = await writeSet(join(dir, "large"), 1_000_000);
    const samples: Record<"bee" | "squawk" | "large", number[]> = { bee: [], squawk: [], large: [] };
    await audit(small);
    for (let i = 0; i < rounds; i++) {
      samples.bee.push(await audit(small));
      samples.squawk.push(await squawk(small));
    }
    for (let i = 0; i < 3; i++) samples.large.push(await audit(large));
    const functions = await benchAuditFunctions();
    const bee = median(samples.bee);
    return {
      samples: { ...samples, ...functions.samples },
      figures: [
        {
          what: "bee audit migrations, 300 files / 100,000 lines",
          measured: round(bee),
          unit: "ms",
          goal: 3000,
        },
        { what: "squawk, the same files", measured: round(median(samples.squawk)), unit: "ms", goal: null },
        { what: "bee / squawk", measured: round(bee / median(samples.squawk), 2), unit: "×", goal: null },
        {
          what: "1,000,000 lines / 100,000 lines (10 = linear)",
          measured: round(median(samples.large) / bee, 2),
          unit: "×",
          goal: 12,
        },
        ...functions.figures,
      ],
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Without the scratch database, which squawk has not: what the two have in common is reading. */
async function audit(dir: string): Promise<number> {
  const started = performance.now();
  const args = ["audit", "migrations", dir, "--no-proof", "--json"];
  await execa(process.execPath, [join(root, "bin/bee.js"), ...args], { stdin: "ignore", maxBuffer: 1e9 });
  return performance.now() - started;
}

async function squawk(dir: string): Promise<number> {
  const folder = join(dir, "supabase/migrations");
  const paths = (await readdir(folder)).map((name) => join(folder, name));
  const started = performance.now();
  // It exits 1 when it finds something.
  await execa(join(root, "node_modules/.bin/squawk"), paths, {
    stdin: "ignore",
    reject: false,
    maxBuffer: 1e9,
  });
  return performance.now() - started;
}

async function writeSet(dir: string, lines: number): Promise<string> {
  const folder = join(dir, "supabase/migrations");
  await mkdir(folder, { recursive: true });
  for (let file = 0; file < files; file++) {
    const tables = Math.ceil(lines / files / tableLines);
    const sql = Array.from({ length: tables }, (_, index) => renderTable(`t_${file}_${index}`));
    const minute = `${2020 + Math.floor(file / 60)}010100${String(file % 60).padStart(2, "0")}00`;
    await writeFile(join(folder, `${minute}_m${file}.sql`), sql.join(""));
  }
  return dir;
}

const tableLines = 35;

function renderTable(name: string): string {
  return `create table public.${name} (
  id uuid primary key default gen_random_uuid(),
  author uuid not null references auth.users (id) on delete cascade,
  title text not null check (length(title) < 200),
  body text,
  state text not null default 'open',
  amount numeric(12, 2) not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.${name} enable row level security;
grant select, insert, update, delete on public.${name} to authenticated;
create index ${name}_author on public.${name} (author, created_at);

-- Everybody has rows of their own.
create policy own_read on public.${name}
  for select to authenticated
  using (author = (select auth.uid()));
create policy own_write on public.${name}
  for insert to authenticated
  with check (author = (select auth.uid()));

create function public.count_${name}(who uuid) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  total bigint;
begin
  select count(*) into total
  from public.${name} n
  where n.author = who and n.state <> 'gone';
  return total;
end $$;

comment on table public.${name} is 'A table of the bench';

`;
}
