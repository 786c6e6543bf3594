import type { Finding, Severity } from "../../core/verdict.ts";
import type { AccessCatalog, AccessRelation, ApiRole } from "./access-catalog.ts";
import type { TableAccess } from "./find-owners.ts";

const callers: readonly ApiRole[] = ["anon", "authenticated"];

/** What a catalog shows better than a statement. Errors are holes whatever the data; warnings never block. */
export function judgeCatalog(
  catalog: AccessCatalog,
  access: ReadonlyMap<number, TableAccess>,
): readonly Finding[] {
  const exposed = catalog.relations.filter((relation) => relation.exposed && reachable(catalog, relation));
  return [
    ...exposed.flatMap((relation) => judgeRelation(relation, access.get(relation.oid)?.public === true)),
    ...catalog.relations.flatMap(judgePolicies),
    ...judgeFunctions(catalog),
    ...judgeSequences(catalog),
    ...judgeTruncate(exposed),
    ...judgeDefaults(catalog),
    ...judgeBuckets(catalog),
  ];
}

function reachable(catalog: AccessCatalog, { schema, grants, columnGrants }: AccessRelation): boolean {
  return callers.some(
    (role) =>
      catalog.schemaUsage[schema]?.includes(role) === true &&
      (/[rawd]/.test(grants[role] ?? "") || Object.keys(columnGrants[role] ?? {}).length > 0),
  );
}

function found(rule: string, severity: Severity, subject: string, detail: string, fix: string): Finding {
  return { key: `${rule}:${subject}`, rule, severity, subject, detail, fix };
}

function judgeRelation(relation: AccessRelation, open: boolean): readonly Finding[] {
  const name = `${relation.schema}.${relation.name}`;
  const { sql, policies } = relation;
  const readOnly = callers.every((role) => !/[awd]/.test(relation.grants[role] ?? ""));
  switch (relation.kind) {
    case "r":
    case "p":
      if (!relation.rls && !(open && readOnly))
        return [
          found(
            policies.length > 0 ? "policy-without-rls" : "rls-off",
            "error",
            name,
            `${name} is open to the API and row security is off${policies.length > 0 ? `, so its ${policies.length} policies do nothing` : ""}${relation.isPartition ? "; a partition asked by its own name knows its own policies only" : ""}.`,
            `alter table ${sql} enable row level security;`,
          ),
        ];
      if (relation.rls && policies.length === 0 && !relation.isPartition)
        return [
          found(
            "rls-no-policy",
            "info",
            name,
            `${name} has row security and no policy: nobody reaches it through the API, though there are grants.`,
            `Add the policies that the app needs, or: revoke all on ${sql} from anon, authenticated;`,
          ),
        ];
      return [];
    case "v":
      return relation.invoker
        ? []
        : [
            found(
              "definer-view",
              "warning",
              name,
              `${name} reads with its owner's rights, so policies of the tables below it do not hold.`,
              `alter view ${sql} set (security_invoker = on);`,
            ),
          ];
    case "m":
      return open
        ? []
        : [
            found(
              "materialized-view-open",
              "warning",
              name,
              `${name} knows no policies: who may read it reads all of it.`,
              `revoke all on ${sql} from anon, authenticated;`,
            ),
          ];
    case "f":
      return open
        ? []
        : [
            found(
              "foreign-table-open",
              "error",
              name,
              `${name} is a foreign table, which knows no policies: who may read it reads all of it.`,
              `revoke all on ${sql} from anon, authenticated;`,
            ),
          ];
  }
}

const editable = /user_metadata|raw_user_meta_data/;
const always = /^\(*(true|1 = 1|\(?1 = 1\)?)\)*$/i;

function judgePolicies(relation: AccessRelation): readonly Finding[] {
  const name = `${relation.schema}.${relation.name}`;
  return relation.policies.flatMap((policy) => {
    const texts = [policy.using, policy.check].filter((text): text is string => text != null);
    const findings: Finding[] = [];
    if (texts.some((text) => editable.test(text)))
      findings.push(
        found(
          "policy-trusts-user-metadata",
          "error",
          `${name}.${policy.name}`,
          `Policy ${policy.name} on ${name} believes user metadata, which every user may set: ${texts.find((text) => editable.test(text)) ?? ""}`,
          "Keep it in app_metadata, which only the service key may set, or in a table.",
        ),
      );
    const reaches = policy.roles.length === 0 || callers.some((role) => policy.roles.includes(role));
    if (
      relation.exposed &&
      reaches &&
      policy.permissive &&
      policy.command !== "r" &&
      texts.some((text) => always.test(text))
    )
      findings.push(
        found(
          "policy-always-true",
          "warning",
          `${name}.${policy.name}`,
          `Policy ${policy.name} on ${name} lets everybody it is for write every row.`,
          `drop policy "${policy.name.replaceAll('"', '""')}" on ${relation.sql}; then one that says whose rows.`,
        ),
      );
    return findings;
  });
}

function judgeFunctions({ functions, schemaUsage }: AccessCatalog): readonly Finding[] {
  return functions
    .filter(({ exposed, definer, returns }) => exposed && definer && !/^(event_)?trigger$/.test(returns))
    .flatMap((fn) => {
      const name = `${fn.schema}.${fn.name}(${fn.argTypes.join(", ")})`;
      const open = callers.filter(
        (role) => fn.execute.includes(role) && schemaUsage[fn.schema]?.includes(role) === true,
      );
      return [
        ...(fn.config.some((setting) => setting.startsWith("search_path="))
          ? []
          : [
              found(
                "definer-search-path",
                "warning",
                name,
                `${name} runs with the rights of ${fn.owner} and finds its tables by the caller's search_path.`,
                `alter function ${fn.sql}(${fn.identity}) set search_path = '';`,
              ),
            ]),
        ...(open.includes("anon")
          ? [
              found(
                "definer-for-anon",
                "warning",
                name,
                `Nobody needs to sign in to call ${name}, which runs with the rights of ${fn.owner}.`,
                `revoke execute on function ${fn.sql}(${fn.identity}) from public, anon;`,
              ),
            ]
          : []),
      ];
    });
}

function judgeSequences({ sequences, schemaUsage }: AccessCatalog): readonly Finding[] {
  const open = sequences.filter(
    ({ schema, exposed, grants }) =>
      exposed &&
      callers.some(
        (role) => schemaUsage[schema]?.includes(role) === true && grants[role]?.includes("w") === true,
      ),
  );
  if (open.length === 0) return [];
  return [
    found(
      "sequence-settable",
      "info",
      "sequences",
      `A function that runs SQL of its caller could set ${open.length} sequences back: ${open
        .slice(0, 5)
        .map(({ sql }) => sql)
        .join(", ")}${open.length > 5 ? ", …" : ""}.`,
      open
        .slice(0, 20)
        .map(({ sql }) => `revoke update on sequence ${sql} from anon, authenticated;`)
        .join(" "),
    ),
  ];
}

function judgeTruncate(exposed: readonly AccessRelation[]): readonly Finding[] {
  const open = exposed.filter(
    ({ kind, grants }) =>
      (kind === "r" || kind === "p") && callers.some((role) => grants[role]?.includes("D") === true),
  );
  if (open.length === 0) return [];
  return [
    found(
      "truncate-granted",
      "info",
      "tables",
      `TRUNCATE asks no policy, and ${open.length} tables grant it: ${open
        .slice(0, 5)
        .map(({ sql }) => sql)
        .join(
          ", ",
        )}${open.length > 5 ? ", …" : ""}. The API offers no TRUNCATE; a function that runs its caller's SQL would.`,
      open
        .slice(0, 20)
        .map(({ sql }) => `revoke truncate on ${sql} from anon, authenticated;`)
        .join(" "),
    ),
  ];
}

function judgeDefaults({ defaultGrants }: AccessCatalog): readonly Finding[] {
  return [...new Set(defaultGrants.map(({ schema }) => schema))].map((schema) => {
    const own = defaultGrants.filter((one) => one.schema === schema);
    return found(
      "default-privileges",
      "info",
      schema,
      `New objects in ${schema} are open by themselves: ${own.map(({ owner, kind, role }) => `${kind}s of ${owner} to ${role}`).join(", ")}.`,
      own
        .map(
          ({ owner, kind, role }) =>
            `alter default privileges for role ${owner} in schema ${schema} revoke all on ${kind}s from ${role};`,
        )
        .join(" "),
    );
  });
}

function judgeBuckets({ publicBuckets }: AccessCatalog): readonly Finding[] {
  return publicBuckets.map((bucket) =>
    found(
      "bucket-public",
      "warning",
      `storage.${bucket}`,
      `Bucket ${bucket} is public: its files are served by name to everybody, whatever the policies say.`,
      `update storage.buckets set public = false where id = '${bucket.replaceAll("'", "''")}'; unless it is meant so.`,
    ),
  );
}
