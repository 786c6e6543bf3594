import type { AccessCatalog, AccessColumn, AccessRelation } from "./access-catalog.ts";
import type { AccessSettings, Binding, TableAccess } from "./find-owners.ts";
import type { CallerSource, PolicyReading } from "./read-policy.ts";

export interface PrivateInput {
  readonly catalog: AccessCatalog;
  readonly tables: readonly AccessRelation[];
  readonly settings: AccessSettings;
  readonly find: (name: string) => AccessRelation | undefined;
  readonly readings: ReadonlyMap<number, readonly PolicyReading[]>;
  readonly bindings: ReadonlyMap<number, ReadonlyMap<number, Binding>>;
  readonly callerFunctions: ReadonlySet<string>;
  readonly read: (text: string) => PolicyReading;
}

/** Whose rows a table's are, what leads to them, and whether everybody is meant to read them. */
export function judgePrivate(input: PrivateInput): ReadonlyMap<number, TableAccess> {
  const { tables, settings, find, bindings } = input;
  const open = new Set(settings.public.flatMap((name) => find(name)?.oid ?? []));
  const why = new Map<number, string>();
  const told = new Set(Object.keys(settings.owners).flatMap((name) => find(name)?.oid ?? []));
  for (const table of tables) {
    const own = [...(bindings.get(table.oid)?.entries() ?? [])];
    const named = (num: number): string => table.columns.find((column) => column.num === num)?.name ?? "";
    const readable = table.policies.some(
      ({ command, using, permissive }) =>
        permissive && (command === "r" || command === "*") && using === "true",
    );
    const user = own.find(([, { kind }]) => kind === "user");
    const claim = own.find(([, { kind }]) => kind === "claim" || kind === "shared");
    const reads = asksAboutRow(table, ["r", "*"], input);
    const writes = asksAboutRow(table, ["a", "w", "d"], input);
    if (user != null) why.set(table.oid, `${named(user[0])} is its user`);
    else if (claim != null) why.set(table.oid, `${named(claim[0])} is its tenant`);
    else if (reads || writes) why.set(table.oid, "its policies ask who is calling");
    // A note of who wrote a row makes nobody its owner when a policy says that all may read it.
    const weak = own.every(([num, { kind }]) => kind !== "user" || weakNames.test(named(num)));
    if (readable && !told.has(table.oid) && (user == null ? !reads : weak && !hasUserKey(table, own)))
      open.add(table.oid);
  }
  for (let before = -1; before !== why.size; ) {
    before = why.size;
    for (const table of tables) {
      if (why.has(table.oid)) continue;
      for (const [num, binding] of bindings.get(table.oid) ?? []) {
        if (binding.kind !== "parent" || !why.has(binding.table) || open.has(binding.table)) continue;
        const column = table.columns.find((one) => one.num === num);
        why.set(table.oid, `${column?.name ?? ""} leads to an owned row`);
        break;
      }
    }
  }
  const privileged = findPrivileged(input);
  return new Map(
    tables.map((table) => {
      const own = bindings.get(table.oid) ?? new Map<number, Binding>();
      const columns = (kinds: readonly Binding["kind"][]): readonly AccessColumn[] =>
        table.columns.filter(({ num }) => {
          const binding = own.get(num);
          if (binding == null || !kinds.includes(binding.kind)) return false;
          return (
            binding.kind !== "parent" ||
            (binding.table !== table.oid && why.has(binding.table) && !open.has(binding.table))
          );
        });
      const owners = columns(["user"]);
      const parents = columns(["claim", "shared", "parent"]);
      const joins = ({ type, columns: nums }: AccessRelation["constraints"][number]): boolean =>
        (type === "p" || type === "u") &&
        owners.some(({ num }) => nums.includes(num)) &&
        parents.some(({ num }) => nums.includes(num));
      return [
        table.oid,
        {
          table,
          bindings: own,
          private: why.has(table.oid),
          why: why.get(table.oid) ?? "nobody's",
          public: open.has(table.oid),
          owners,
          parents,
          privileged: privileged.has(table.oid),
          link: table.constraints.some(joins),
          readings: input.readings.get(table.oid) ?? [],
        },
      ];
    }),
  );
}

const weakNames = /^(created|updated|inserted|posted|uploaded)_by|author|creator/i;

function hasUserKey(table: AccessRelation, own: readonly (readonly [number, Binding])[]): boolean {
  return own.some(
    ([num, { kind }]) =>
      kind === "user" &&
      table.constraints.some(({ type, columns }) => (type === "p" || type === "u") && columns[0] === num),
  );
}

/** True when a policy ties this table's row to the caller, beyond asking for the caller's role somewhere else. */
function asksAboutRow(
  table: AccessRelation,
  commands: readonly string[],
  { callerFunctions, read }: PrivateInput,
): boolean {
  const names = new Set(table.columns.map(({ name }) => name));
  return table.policies
    .filter(({ command }) => commands.includes(command))
    .flatMap(({ using, check }) => [using, check])
    .some((text) => {
      if (text == null) return false;
      const { sources, equal, calls } = read(text);
      const asks = sources.some(isCaller) || calls.some((call) => callerFunctions.has(call));
      if (!asks) return false;
      const correlated = equal.some((pair) =>
        pair.some(({ alias, column }) => (alias == null || alias === table.name) && names.has(column)),
      );
      const passed = [...text.matchAll(/([\w$]+)\(([^()]*)\)/g)].some(
        ([, called, given]) =>
          callerFunctions.has(called ?? "") &&
          (given ?? "").split(",").some((part) => names.has(part.trim().replaceAll('"', ""))),
      );
      return correlated || passed;
    });
}

/** Tables that policies look the caller up in without tying the row found to the row asked for: lists of admins. */
function findPrivileged({ catalog, tables, find, read }: PrivateInput): ReadonlySet<number> {
  const found = new Set<number>();
  const look = (text: string, own: string | null): void => {
    const { comparisons, aliases, equal } = read(text);
    for (const { source, column } of comparisons) {
      if (source.kind !== "user" || column == null) continue;
      const alias = column.alias ?? (own == null && aliases.size === 1 ? [...aliases.keys()][0] : undefined);
      if (alias == null || alias === own || !aliases.has(alias)) continue;
      const tied = equal.some((pair) => pair.some((side) => side.alias === alias || side.alias == null));
      const conditional = /= '|= ANY|\bIN \(|\b(?:is_|can_|has_)\w+/i.test(
        text.replace(/auth\.\w+\(\)/g, ""),
      );
      const table = find(aliases.get(alias) ?? alias);
      if (!tied && !conditional && table != null) found.add(table.oid);
    }
  };
  for (const table of tables)
    for (const { using, check } of table.policies)
      for (const text of [using, check]) if (text != null) look(text, table.name);
  for (const { returns, argTypes, source } of catalog.functions)
    if (returns === "boolean" && argTypes.length === 0) look(source, null);
  return found;
}

/** Asks who is calling, beyond the role. */
export function isCaller(source: CallerSource): boolean {
  return source.kind !== "role";
}
