import { parseJson } from "../../core/json.ts";
import { isConsistent, type LoadPart } from "./part.ts";
import { exitOfEnding, nameFiles, reportSchema, type ShardReport, shardExits } from "./shard.ts";

/** A file that lies where shards leave their results; anybody who may write there can have written it. */
export interface ShardFile {
  readonly name: string;
  readonly text: string;
}

/** How a shard's process ended; nulls where that is not known. */
export interface ShardTask {
  readonly index: number;
  readonly exitCode: number | null;
  readonly signal: number | null;
}

export interface GatheredShards {
  readonly parts: readonly { readonly index: number; readonly part: LoadPart }[];
  /** Why the parts are not the whole, by shard; empty when they are. */
  readonly faults: readonly string[];
}

export interface Gathering {
  readonly run: string;
  readonly shards: number;
  readonly files: readonly ShardFile[];
  readonly tasks: readonly ShardTask[];
}

/** All shards or nothing: one that is missing, late, doubled, cut off or of another run is named, and its figures left out. */
export function judgeShards({ run, shards, files, tasks }: Gathering): GatheredShards {
  const read = files.map((file) => readFile(file, run, shards));
  const judged = Array.from({ length: shards }, (_, index) => {
    const own = read.filter((one) => one.index === index);
    return judgeShard(own, index, tasks);
  });
  const parts = judged.flatMap(({ part }, index) => (part == null ? [] : [{ index, part }]));
  const strays = read.filter(({ index }) => index == null).map(({ fault }) => fault ?? "");
  const faults = judged.flatMap(({ fault }) => (fault == null ? [] : [fault]));
  return { parts, faults: [...faults, ...strays, ...judgeStops(parts)] };
}

interface ReadFile {
  /** Whose it is by its name; null when it says none. */
  readonly index: number | null;
  readonly report: ShardReport | null;
  readonly fault: string | null;
}

function readFile({ name, text }: ShardFile, run: string, shards: number): ReadFile {
  const named = /-shard-(\d{1,3})-\d+-[\w-]*\.json$/.exec(name)?.[1];
  const index = named != null && Number(named) < shards ? Number(named) : null;
  if (index == null) return { index, report: null, fault: `${name} is of no shard of this run` };
  const broken = (why: string): ReadFile => ({ index, report: null, fault: `shard ${index}: ${why}` });
  const parsed = reportSchema.safeParse(parseJson(text));
  if (!parsed.success) return broken("its result cannot be read, as if it were cut off");
  const report = parsed.data;
  if (report.run !== run || report.shards !== shards) return broken("its result is of another run");
  if (nameFiles(run).report(report) !== name) return broken("its result is another shard's");
  return { index, report, fault: null };
}

function judgeShard(
  own: readonly ReadFile[],
  index: number,
  tasks: readonly ShardTask[],
): {
  readonly part: LoadPart | null;
  readonly fault: string | null;
} {
  const no = (why: string) => ({ part: null, fault: `shard ${index} ${why}` });
  const ended = describeEnd(tasks.find((task) => task.index === index));
  const [first, second] = own;
  if (first == null) return no(`left no result${ended}`);
  if (second != null) return no(`left ${own.length} results: its load was sent more than once`);
  if (first.report == null) return { part: null, fault: first.fault };
  const { report } = first;
  if (report.kind === "late") {
    return no(`was not ready until ${(report.lateMs / 1000).toFixed(1)} s after the others had begun`);
  }
  if (report.attempt > 0) return no("was begun anew by the platform: its load was sent more than once");
  if (!isConsistent(report.part)) return no("has counts that do not add up");
  const exitCode = tasks.find((task) => task.index === index)?.exitCode;
  if (exitCode != null && exitCode !== exitOfEnding[report.part.ending.kind]) return no(`failed${ended}`);
  const cut = report.part.ending.kind === "interrupted";
  return { part: report.part, fault: cut ? `shard ${index} was interrupted` : null };
}

/** A target that is down stops them all; one alone was stopped by something of its own. */
function judgeStops(parts: GatheredShards["parts"]): readonly string[] {
  const stopped = parts.filter(({ part }) => part.ending.kind === "stopped");
  if (stopped.length === parts.length) return [];
  return stopped.map(
    ({ index, part }) =>
      `shard ${index} stopped and the others did not: ${part.ending.kind === "stopped" ? part.ending.why : ""}`,
  );
}

function describeEnd(task: ShardTask | undefined): string {
  if (task?.signal != null && task.signal > 0) return ` (killed by signal ${task.signal})`;
  if (task?.exitCode == null) return "";
  if (task.exitCode === shardExits.unreadable)
    return ` (exit code ${task.exitCode}: it could not read what to do)`;
  return ` (exit code ${task.exitCode})`;
}
