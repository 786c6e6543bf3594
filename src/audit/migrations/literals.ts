import { tokenizeSql } from "../../plan/sql-tokens.ts";

export interface Literal {
  /** Of its first character behind the quote. */
  readonly offset: number;
  /** As written: doubled quotes stay doubled. */
  readonly value: string;
}

/** String literals of a file; of a dollar-quoted body its own literals, comments left out. */
export function* eachLiteral(sql: string, base = 0): Generator<Literal> {
  for (const { kind, start, end } of tokenizeSql(sql)) {
    if (kind !== "string") continue;
    const text = sql.slice(start, end);
    const opening = /^(?:[a-z]?&?'|\$[^$]*\$)/i.exec(text)?.[0] ?? "";
    const inner = text.slice(
      opening.length,
      Math.max(opening.length, text.length - (opening.startsWith("$") ? opening.length : 1)),
    );
    const offset = base + start + opening.length;
    if (opening.startsWith("$") && /'/.test(inner)) yield* eachLiteral(inner, offset);
    else yield { offset, value: inner };
  }
}
