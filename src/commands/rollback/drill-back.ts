import { readMigrations } from "../../config/read-migrations.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { expectCatalog } from "../../engine/expect-catalog.ts";
import { letsPass } from "../../engine/run-gates.ts";
import { formatDuration } from "../../output/format-duration.ts";
import { hasFunctions } from "../../plan/assemble-restore.ts";
import type { Contents } from "../../plan/contents.ts";
import { judgeWayBack } from "../../plan/judge-way-back.ts";
import type { Release } from "../../plan/release.ts";
import type { DrillNotes, DrillProblem } from "./drill-outcome.ts";
import type { Layer, LayerName, LayerOutcome, LayerRequest, WayBack } from "./layer.ts";
import { orderWays } from "./order-ways.ts";
import { proveWhole } from "./prove-whole.ts";

interface DrillBackInput {
  /** Its target is the copy. */
  readonly request: LayerRequest;
  readonly to: Release;
  readonly layers: readonly Layer[];
  readonly readContents: () => Promise<Contents>;
}

/** Takes the copy back to a release as `bee rollback` does, then looks at it with other eyes. */
export async function drillBack(
  { request, to, layers, readContents }: DrillBackInput,
  { parts, problems }: DrillNotes,
): Promise<void> {
  const { ctx } = request;
  const prepared: { readonly way: WayBack; readonly ms: number }[] = [];
  for (const layer of layers) {
    const started = ctx.clock.now();
    const way = await layer.prepare({ ...request, to });
    const ms = ctx.clock.now() - started;
    if (way == null) parts.push({ part: layer.name, ms, state: `is as in ${to.id} already` });
    else prepared.push({ way, ms });
  }
  for (const { way } of prepared) {
    for (const { detail, fix } of way.refusals) {
      problems.push({ rule: "drill-refused", subject: way.layer, detail, fix });
    }
  }
  if (prepared.some(({ way }) => way.refusals.length > 0)) return;

  const ways = orderWays(prepared.map(({ way }) => way));
  const readVersions = async (): Promise<readonly string[]> =>
    (await request.target.ports.migrations.readHistory()).map(({ version }) => version);
  const before = await readContents();
  const applied = await readVersions();
  const lost = new Map<string, number>();
  for (const way of ways) {
    ctx.signal.throwIfAborted();
    ctx.emit({ type: "note", text: `on the copy: ${way.change}` });
    const started = ctx.clock.now();
    const outcome = await way.apply();
    const ms = ctx.clock.now() - started + (prepared.find((one) => one.way === way)?.ms ?? 0);
    parts.push({ part: way.layer, ms, state: outcome.state });
    problems.push(...judgeOutcome(way, outcome, ms));
    for (const [table, rows] of readLost(outcome)) lost.set(table, rows);
    if (outcome.exitCode !== exitCodes.ok) return;
  }
  if (ways.at(-1)?.layer === "database") {
    const started = ctx.clock.now();
    const proofs = await proveWhole({ ...request, to }, to);
    parts.push({ part: "prove", ms: ctx.clock.now() - started, state: "gates asked again" });
    for (const { id, verdict } of proofs.filter((proof) => !letsPass([proof]))) {
      problems.push({ rule: "drill-gate", subject: id, detail: `${id}: ${verdict.kind} after going back` });
    }
  }
  const names = new Set(ways.map(({ layer }) => layer));
  const [after, left] = [await readContents(), await readVersions()];
  problems.push(...(await judgeCopy(request, to, { before, after, applied, left, lost, names })));
}

function judgeOutcome(
  { layer, budgetMs }: WayBack,
  { exitCode, state, error, gates = [] }: LayerOutcome,
  ms: number,
): readonly DrillProblem[] {
  const late =
    ms <= budgetMs
      ? []
      : [
          {
            rule: "drill-late",
            subject: layer,
            detail: `${layer} took ${formatDuration(ms)}; the plan gives ${formatDuration(budgetMs)}`,
          },
        ];
  if (exitCode === exitCodes.ok) return late;
  const failed = gates
    .filter(({ verdict }) => verdict !== "pass" && verdict !== "not-applicable")
    .map(({ id, verdict }) => `${id} ${verdict}`);
  const why = [error?.message, ...failed].filter((line) => line != null).join("; ");
  const detail = `${layer} did not go back: ${state}${why === "" ? "" : ` (${why})`}`;
  return [...late, { rule: "drill-failed", subject: layer, detail }];
}

/** `data.rows` of a layer that accounts for rows. */
function readLost({ data }: LayerOutcome): readonly (readonly [string, number])[] {
  const { rows } = data;
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    if (row == null || typeof row !== "object" || !("table" in row) || !("lost" in row)) return [];
    const { table, lost } = row;
    return typeof table === "string" && typeof lost === "number" ? [[table, lost] as const] : [];
  });
}

interface Seen {
  readonly before: Contents;
  readonly after: Contents;
  /** Versions in the history, oldest first. */
  readonly applied: readonly string[];
  readonly left: readonly string[];
  readonly lost: ReadonlyMap<string, number>;
  /** Layers that went back. */
  readonly names: ReadonlySet<LayerName>;
}

async function judgeCopy(
  { ctx, project }: LayerRequest,
  to: Release,
  { before, after, applied, left, lost, names }: Seen,
): Promise<readonly DrillProblem[]> {
  const problems: DrillProblem[] = [];
  if (names.has("functions") && !hasFunctions({ functions: after.functions }, to)) {
    const detail = `the functions that answer are not those of ${to.id}`;
    problems.push({ rule: "drill-functions", subject: to.id, detail });
  }
  const wanted = to.migrations.map(({ version }) => version).sort();
  if (names.has("database") && left.join() !== wanted.join()) {
    const detail = `the history holds ${left.length} migrations, ${to.id} ${wanted.length}, or other ones`;
    problems.push({ rule: "drill-history", subject: to.id, detail });
  }
  const { files } = await readMigrations(project.root);
  const expected =
    left.join() === applied.join()
      ? { catalog: before.catalog, drifted: new Set<string>() }
      : await expectCatalog({
          shadow: ctx.shadow,
          present: before.catalog,
          applied: files.filter(({ version }) => applied.includes(version)),
          release: left,
        });
  const { catalog, drifted } = expected;
  return [...problems, ...judgeWayBack({ before, after, expected: catalog, drifted, lost })];
}
