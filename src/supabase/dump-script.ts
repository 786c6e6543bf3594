import { createReadStream } from "node:fs";
import { copyIn } from "./copy-in.ts";
import type { Session } from "./database.ts";

/** Limits that pg_restore's scripts lift for the session, and that are the caller's to set. */
const lifted = ["lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"];

/** A section of SQL as a server takes it: without psql's commands and without lifting the caller's limits. */
export function cleanScript(sql: string): string {
  const token = /^\\restrict (\S+)$/m.exec(sql)?.[1];
  const commands = token == null ? [] : [`\\restrict ${token}\n`, `\\unrestrict ${token}\n`];
  return [...commands, ...lifted.map((name) => `SET ${name} = 0;\n`)].reduce(
    (text, line) => text.replace(line, ""),
    sql,
  );
}

const newline = 0x0a;
const copyEnd = Buffer.from("\n\\.\n");
/** Of a block without rows. */
const emptyEnd = copyEnd.subarray(1);

/**
 * Runs the data section, COPY blocks and calls of setval, without ever holding more than a chunk of it. In a block
 * every backslash of the rows is written twice, so that the line `\.` is its end.
 */
export async function runDataScript(session: Session, file: string, signal: AbortSignal): Promise<void> {
  let copy: Awaited<ReturnType<typeof copyIn>> | null = null;
  let begun = false;
  let sql = "";
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    signal.throwIfAborted();
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    for (;;) {
      if (copy == null) {
        const at = rest.indexOf(newline);
        if (at < 0) break;
        const line = rest.subarray(0, at).toString("utf8");
        if (!/^COPY .* FROM stdin;$/.test(line)) {
          sql += `${line}\n`;
          rest = rest.subarray(at + 1);
          continue;
        }
        await session.query(cleanData(sql));
        sql = "";
        copy = await copyIn(session, line);
        begun = false;
        rest = rest.subarray(at + 1);
      }
      if (!begun && rest.length < emptyEnd.length) break;
      if (!begun && rest.subarray(0, emptyEnd.length).equals(emptyEnd)) {
        await copy.end();
        copy = null;
        rest = rest.subarray(emptyEnd.length);
        continue;
      }
      begun = true;
      const at = rest.indexOf(copyEnd);
      if (at < 0) {
        // What may be the beginning of the end waits for the next chunk.
        const safe = rest.length - copyEnd.length;
        if (safe > 0) {
          await copy.write(rest.subarray(0, safe));
          rest = rest.subarray(safe);
        }
        break;
      }
      await copy.write(rest.subarray(0, at + 1));
      await copy.end();
      copy = null;
      rest = rest.subarray(at + copyEnd.length);
    }
  }
  if (copy != null) throw new Error("the dump ends inside a table");
  await session.query(cleanData(sql + rest.toString("utf8")));
}

/** Between the blocks nothing but pg_restore's own lines stand. */
function cleanData(sql: string): string {
  return cleanScript(sql.replace(/^\\(un)?restrict \S+$/gm, ""));
}
