import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { DumpHeader, DumpReader, DumpTarget } from "../ports/dump-restorer.ts";
import type { InvocationResult, RunInvocation } from "./invocation.ts";

interface ReaderOptions {
  readonly run: RunInvocation;
  /** Unpacked dumps lie below it while they are looked at; their text takes more room than the dump. */
  readonly dir: string;
  /** Schemas that are not the app's. */
  readonly foreign: readonly string[];
}

const unpackedPrefix = ".unpacked-";

/** pg_restore as a converter only: it never connects to anything. */
export function createDumpReader({ run, dir, foreign }: ReaderOptions): DumpReader {
  const list = (file: string): Promise<InvocationResult> =>
    run({ file: "pg_restore", args: ["--list", file], env: { TZ: "UTC", LC_ALL: "C" }, effect: "read" });

  async function convert(file: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
    const timeoutMs = 6 * 3_600_000;
    const result = await run(
      { file: "pg_restore", args: [...args, file], effect: "read", timeoutMs },
      signal,
    );
    if (result.exitCode !== 0) throw unreadable(file, result);
    return result.stdout;
  }

  return {
    async read(file) {
      const { size } = await stat(file).catch((error: NodeJS.ErrnoException) => {
        throw unreadable(file, { exitCode: 1, stderr: error.message });
      });
      const result = await list(file);
      const major = /Dumped from database version: (\d+)/.exec(result.stdout)?.[1];
      const created = /Archive created at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/.exec(result.stdout);
      if (result.exitCode !== 0 || major == null || created == null) throw unreadable(file, result);
      const history = result.stdout.includes(" TABLE DATA supabase_migrations schema_migrations ");
      const schemas = [...result.stdout.matchAll(/^\d+; \d+ \d+ SCHEMA - (.+) \S+$/gm)].map(
        (found) => found[1] ?? "",
      );
      const part = ["--data-only", "--schema=supabase_migrations", "--table=schema_migrations", "--file=-"];
      return {
        file,
        major: Number(major),
        takenAt: new Date(`${created[1]}T${created[2]}Z`).toISOString(),
        bytes: size,
        schemas,
        foreign: schemas.filter((schema) => foreign.includes(schema)),
        versions: history ? readVersions(await convert(file, part)) : null,
        attached: await readAttached(file),
      };
    },
    async unpack({ file }, there, signal, work) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      // What a killed run left: whole tables in plain text.
      const left = (await readdir(dir)).filter((name) => name.startsWith(unpackedPrefix));
      for (const name of left) await rm(join(dir, name), { recursive: true, force: true });
      const own = await mkdtemp(join(dir, unpackedPrefix));
      try {
        await chmod(own, 0o700);
        const { stdout } = await list(file);
        const wanted = join(own, "list");
        await writeFile(wanted, selectEntries(stdout, there), { mode: 0o600 });
        const section = async (name: string): Promise<string> => {
          const path = join(own, name);
          await convert(file, [`--use-list=${wanted}`, `--section=${name}`, `--file=${path}`], signal);
          return path;
        };
        const unpacked = {
          preData: await section("pre-data"),
          data: await section("data"),
          postData: await section("post-data"),
        };
        return await work(unpacked);
      } finally {
        await rm(own, { recursive: true, force: true });
      }
    },
  };
}

/**
 * Without the schemas that are there: they stay, with what the platform and extensions have in them. And without the
 * default privileges of roles that are not ours to set; those stay as they are.
 */
function selectEntries(list: string, { schemas, roles }: DumpTarget): string {
  const kept = list.split("\n").filter((line) => {
    const schema = /^\d+; \d+ \d+ SCHEMA - (.+) \S+$/.exec(line)?.[1];
    if (schema != null) return !schemas.includes(schema);
    const role = /^\d+; \d+ \d+ DEFAULT ACL .* (\S+)$/.exec(line)?.[1];
    return role == null || roles.includes(role);
  });
  return kept.join("\n");
}

/** What pg_dump left out lies beside a dump that bee took. */
export function attachedFile(dump: string): string {
  return `${dump}.json`;
}

const attachedSchema = z.array(z.strictObject({ label: z.string(), sql: z.string() }));

async function readAttached(dump: string): Promise<DumpHeader["attached"]> {
  const path = attachedFile(dump);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text == null) return null;
  try {
    return attachedSchema.parse(JSON.parse(text));
  } catch {
    throw unreadable(path, { exitCode: 1, stderr: "it is damaged" });
  }
}

/** First column named `version` of the COPY block. */
function readVersions(sql: string): readonly string[] {
  const block = /^COPY .*\((.*)\) FROM stdin;\n([\s\S]*?)^\\\.$/m.exec(sql);
  const column = (block?.[1] ?? "").split(", ").indexOf("version");
  const rows = (block?.[2] ?? "").split("\n").filter((line) => line !== "");
  return rows.map((row) => row.split("\t")[column] ?? "").toSorted();
}

function unreadable(
  file: string,
  { stderr, exitCode }: Pick<InvocationResult, "stderr" | "exitCode">,
): BeeError {
  const old = /unsupported version/.test(stderr);
  return new BeeError({
    code: "BEE-E362",
    message: old
      ? `${file} was written by a newer pg_dump than the pg_restore here can read`
      : `${file} is no dump that can be read: ${stderr.trim().split("\n")[0] || `exit code ${exitCode}`}`,
    detail: "Nothing was changed.",
    hint: old
      ? "Install the client programs of that Postgres version."
      : "Name a file that bee or pg_dump --format=custom wrote.",
    exit: exitCodes.usage,
  });
}
