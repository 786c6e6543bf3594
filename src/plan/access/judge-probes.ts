import type { Finding, Severity } from "../../core/verdict.ts";
import type { TableAccess } from "./find-owners.ts";
import { findUnproven, isReached } from "./judge-controls.ts";
import type { Probe } from "./probe.ts";

/**
 * [rows affected, answer, the other's rows as they were, rows that landed, of these B sees] or
 * [SQLSTATE, message, detail, constraint].
 */
export type ProbeOutcome =
  | readonly [
      rows: number,
      answer: string | null,
      untouched: number | null,
      landed: number | null,
      seen?: number | null,
    ]
  | readonly [sqlstate: string, message: string, detail: string | null, constraint: string | null];

export type Denial = "no-grant" | "with-check" | "no-rows" | "trigger" | "error";

export type Judgement =
  | { readonly kind: "denied"; readonly shape: Denial }
  /** `unseen`: B finds nothing of it. */
  | { readonly kind: "through"; readonly what: string; readonly unseen?: true }
  | { readonly kind: "unverified"; readonly why: string };

/** What one attempt shows of the other user's rows. */
function judgeProbe(probe: Probe, outcome: ProbeOutcome): Judgement {
  if (typeof outcome[0] === "string")
    return judgeRefusal(probe, outcome as Extract<ProbeOutcome, readonly [string, ...unknown[]]>);
  const [rows, answer, untouched, landed, seen] = outcome as Extract<
    ProbeOutcome,
    readonly [number, ...unknown[]]
  >;
  if (probe.returns)
    return Number(answer ?? 0) > 0
      ? { kind: "through", what: `${answer} of them came back` }
      : denied("no-rows");
  if (probe.untouched != null) {
    const hit = (probe.standing ?? 1) - (untouched ?? 0);
    return hit > 0
      ? { kind: "through", what: `it reached B's row (${rows} rows in all)` }
      : denied("no-rows");
  }
  if (probe.landed != null)
    return (landed ?? 0) > 0
      ? { kind: "through", what: `${landed} such rows landed`, ...(seen === 0 ? { unseen: true } : {}) }
      : denied("no-rows");
  return rows > 0 ? { kind: "through", what: `${rows} rows` } : denied("no-rows");
}

function denied(shape: Denial): Judgement {
  return { kind: "denied", shape };
}

function judgeRefusal(
  probe: Probe,
  [sqlstate, message, detail]: Extract<ProbeOutcome, readonly [string, ...unknown[]]>,
): Judgement {
  if (sqlstate === "42501")
    return denied(/row-level security|row level security/i.test(message) ? "with-check" : "no-grant");
  if (sqlstate === "57014") return { kind: "unverified", why: "the statement timeout ended it" };
  // Views that are not updatable, pg-safeupdate's refusal of a statement without WHERE.
  if (/^(55000|0A000|428C9)$/.test(sqlstate)) return denied("error");
  if (sqlstate === "21000" && /WHERE/i.test(message)) return denied("error");
  if (sqlstate.startsWith("23")) {
    const own = probe.ownKeys?.some((value) => value.length > 3 && (detail ?? "").includes(value)) === true;
    if (probe.form === "blind" && probe.operation !== "move")
      return { kind: "unverified", why: `${sqlstate} ${message}` };
    if (own && sqlstate === "23505") return denied("no-rows");
    return { kind: "through", what: `row security let it through; only ${sqlstate} ${message} stopped it` };
  }
  if (sqlstate === "P0001" || sqlstate.startsWith("P0")) return denied("trigger");
  if (/^(22|42)/.test(sqlstate)) return denied("error");
  return { kind: "unverified", why: `${sqlstate} ${message}` };
}

export interface Tried {
  readonly probe: Probe;
  readonly outcome: ProbeOutcome;
}

export interface TableJudgement {
  readonly findings: readonly Finding[];
  readonly unverified: readonly { readonly subject: string; readonly why: string }[];
  readonly denials: Readonly<Record<Denial, number>>;
}

const rules: Readonly<Record<Probe["operation"], string>> = {
  select: "rls-read",
  insert: "rls-insert",
  update: "rls-update",
  delete: "rls-delete",
  move: "rls-move",
};

/** Ways that say nothing more to whoever mends it. */
const plainVariants: ReadonlySet<string> = new Set(["all", "any", "raised"]);

/** Folds the attempts on one table into findings: one per operation and persona, the plainest statement shown. */
export function judgeTable(
  access: TableAccess,
  tried: readonly Tried[],
  readsMembership: ReadonlySet<number>,
): TableJudgement {
  const denials: Record<Denial, number> = {
    "no-grant": 0,
    "with-check": 0,
    "no-rows": 0,
    trigger: 0,
    error: 0,
  };
  const findings = new Map<string, Finding>();
  const unverified: { subject: string; why: string }[] = [];
  const { table } = access;
  const judged = tried.map(({ probe, outcome }) => ({ probe, judgement: judgeProbe(probe, outcome) }));
  const through = (probe: Probe, variant: string | undefined): boolean =>
    judged.some(
      ({ probe: other, judgement }) =>
        other.persona === probe.persona &&
        other.operation === probe.operation &&
        other.variant === variant &&
        judgement.kind === "through",
    );
  const ownerSees = tried.some(
    ({ probe, outcome }) =>
      probe.persona.id === "b" &&
      probe.operation === "select" &&
      probe.variant == null &&
      isReached(probe, outcome),
  );
  for (const { probe, judgement } of judged) {
    if (probe.control === true) continue;
    if (judgement.kind === "denied") {
      denials[judgement.shape] += 1;
      continue;
    }
    if (judgement.kind === "unverified") {
      // A constraint stopped the blind statement; the one with WHERE speaks for it.
      const other = judged.find(
        (one) =>
          one.probe.persona === probe.persona &&
          one.probe.operation === probe.operation &&
          one.probe.form === "where",
      );
      if (probe.form === "blind" && other != null && other.judgement.kind !== "unverified") continue;
      unverified.push({
        subject: table.sql,
        why: `${probe.operation} as ${probe.persona.title}: ${judgement.why}`,
      });
      continue;
    }
    const found = severityOf(access, probe, readsMembership, (variant) => through(probe, variant), ownerSees);
    if (found == null) continue;
    if (probe.variant === "raised" && isPublished(tried, probe)) continue;
    const severity = judgement.unseen === true ? "info" : found;
    const variant = probe.variant == null || plainVariants.has(probe.variant) ? "" : `:${probe.variant}`;
    const key = `${rules[probe.operation]}:${table.schema}.${table.name}:${probe.persona.id}${variant}`;
    const before = findings.get(key);
    if (before != null) {
      findings.set(key, {
        ...before,
        detail: `${before.detail}${probe.form === "where" ? "; with WHERE as well" : ""}`,
      });
      continue;
    }
    findings.set(key, {
      key,
      rule: rules[probe.operation],
      severity,
      subject: `${table.schema}.${table.name}`,
      detail: `${probe.persona.title} may ${probe.aim}${probe.form === "blind" && probe.operation !== "move" ? ", without WHERE" : ""}: ${judgement.what}. Shown by: ${reproduce(probe)}`,
      fix: fixFor(access, probe),
    });
  }
  for (const why of findUnproven(access, tried)) unverified.push({ subject: table.sql, why });
  return { findings: [...findings.values()], unverified, denials };
}

/** The tables below the view show the row to the same caller, by policies of their own. */
function isPublished(tried: readonly Tried[], { persona }: Probe): boolean {
  return tried.some(
    ({ probe, outcome }) =>
      probe.variant === "published" && probe.persona === persona && isReached(probe, outcome),
  );
}

/** Null when it is as it should be. */
function severityOf(
  access: TableAccess,
  probe: Probe,
  readsMembership: ReadonlySet<number>,
  through: (variant: string | undefined) => boolean,
  /** B sees the ordinary row: then what stands open beside it is published on purpose. */
  ownerSees: boolean,
): Severity | null {
  const { operation, variant } = probe;
  if (operation === "select") {
    if (variant === "trace") return "error";
    return access.private && !access.public && (variant !== "shown" || !ownerSees) ? "error" : null;
  }
  if (!access.private) return operation === "insert" ? "info" : "error";
  if (operation === "insert" || operation === "move") {
    if (variant?.startsWith("parent") === true) {
      if (through("all") && operation === "insert") return null;
      if (access.owners.length === 0) return "error";
      // A like of what may be published is at most odd; a seat in somebody's team opens it.
      if (access.link) return readsMembership.has(access.table.oid) ? "error" : "info";
      return probe.published === true ? "info" : "error";
    }
    if (variant === "owner") return through("all") ? null : "error";
    // Whoever is put into one's own folder or team is put there on purpose.
    if (operation === "move" && variant === "all" && access.link) return null;
    if (variant !== "all" && variant !== undefined) {
      if (through("all")) return null;
      // A message has a sender and a receiver: one of them bound to the caller is how it is meant.
      return access.owners.every(({ name }) => through(name)) ? "error" : null;
    }
  }
  return "error";
}

/** Statements for psql that show it again, in a transaction to roll back. */
function reproduce({ persona, statement }: Probe): string {
  const claims = persona.settings["request.jwt.claims"] ?? "{}";
  return `set role ${persona.role}; set request.jwt.claims = '${claims.replaceAll("'", "''")}'; ${statement}`;
}

function fixFor({ table, owners, parents, private: isPrivate }: TableAccess, probe: Probe): string {
  const name = table.sql;
  const command = probe.operation === "move" ? "update" : probe.operation;
  if (!table.rls) return `alter table ${name} enable row level security; then a policy for what is meant.`;
  const open = table.policies.filter(
    ({ command: letter, permissive }) =>
      permissive &&
      (letter === "*" || letter === { select: "r", insert: "a", update: "w", delete: "d" }[command]),
  );
  const [owner] = owners;
  const test =
    owner != null
      ? owner.array
        ? `(select auth.uid()) = any (${quoteName(owner.name)})`
        : `(select auth.uid())${/^uuid/.test(owner.base) ? "" : "::text"} = ${quoteName(owner.name)}`
      : parents[0] != null
        ? `${quoteName(parents[0].name)} in (select … of the caller)`
        : "false";
  if (!isPrivate) return `revoke ${command} on ${name} from ${probe.persona.role};`;
  const clauses =
    command === "insert"
      ? ` with check (${test})`
      : ` using (${test})${command === "update" ? ` with check (${test})` : ""}`;
  const drops = open.map((policy) => `drop policy ${quoteName(policy.name)} on ${name}; `).join("");
  return `${drops}create policy ${quoteName(`${table.name}_${command}_own`)} on ${name} for ${command} to authenticated${clauses};`;
}

function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
