import type { Relation } from "./relation.ts";
import { measureTuple, type RowChange, type Tuple, type WalTransaction } from "./wal-change.ts";

/** Hosted sends no larger rows either: of those only the short values, and an error that says so. */
const maxRowLength = 1_048_576;
const maxShortValue = 64;
const tooLarge = "Error 413: Payload Too Large";

export interface BoundedChange extends RowChange {
  readonly errors: readonly string[] | null;
}

/** Leaves the long values out of a row that is too large to send. */
export function boundChange(change: RowChange): BoundedChange {
  const length = measureTuple(change.record ?? {}) + measureTuple(change.old ?? {});
  if (length <= maxRowLength) return { ...change, errors: null };
  return { ...change, record: shorten(change.record), old: shorten(change.old), errors: [tooLarge] };
}

function shorten(tuple: Tuple | null): Tuple | null {
  if (tuple === null) return null;
  return Object.fromEntries(
    Object.entries(tuple).filter(([, value]) => (value?.length ?? 0) <= maxShortValue),
  );
}

interface ChangeParts {
  readonly transaction: WalTransaction;
  readonly change: BoundedChange;
  readonly relation: Relation;
  /** Columns the receiver gets to see. */
  readonly columns: ReadonlySet<string>;
  /** JSON objects; null where the change has none. */
  readonly record: string | null;
  readonly oldRecord: string | null;
}

/** The `data` of a postgres_changes message, as hosted sends it. */
export function renderChangeData(parts: ChangeParts): string {
  const { change, relation } = parts;
  const columns = relation.columns
    .filter(({ name }) => parts.columns.has(name))
    .map(({ name, typeName }) => ({ name, type: typeName }));
  const head = JSON.stringify({
    schema: relation.schema,
    table: relation.name,
    type: change.type,
    commit_timestamp: parts.transaction.committedAt,
    errors: change.errors,
    columns,
  });
  const record = parts.record === null ? "" : `,"record":${parts.record}`;
  const oldRecord = parts.oldRecord === null ? "" : `,"old_record":${parts.oldRecord}`;
  return `${head.slice(0, -1)}${record}${oldRecord}}`;
}

/** A JSON object with only the named members. */
export function pickMembers(json: string | null, names: ReadonlySet<string>): string | null {
  if (json === null) return null;
  const members = Object.entries(JSON.parse(json) as Record<string, unknown>);
  return JSON.stringify(Object.fromEntries(members.filter(([name]) => names.has(name))));
}
