import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Submittable } from "pg";
import type { Session } from "./database.ts";

/** What pg keeps to itself of the protocol's COPY (chapter 55.2.6). */
interface Wire {
  readonly stream: Writable;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(why: string): void;
}

interface CopyIn {
  /** Returns when the socket takes more. */
  write(chunk: Buffer): Promise<void>;
  /** Returns when the server has taken all of it; rejects with what it refused. */
  end(): Promise<void>;
}

/** Rows in COPY's text format, as pg_dump writes them. The session is its own until `end`. */
export async function copyIn(session: Session, statement: string): Promise<CopyIn> {
  const opened = defer<Wire>();
  const done = defer<void>();
  // Waited for in `end` only; until then a refusal must not count as unhandled.
  done.promise.catch(() => {});
  let refusal: Error | null = null;
  const query = {
    submit: (connection: unknown) => (connection as Wire).query(statement),
    handleCopyInResponse: (connection: unknown) => opened.resolve(connection as Wire),
    handleError: (error: Error) => {
      refusal = error;
      opened.reject(error);
      done.reject(error);
    },
    handleReadyForQuery: () => done.resolve(),
    handleCommandComplete: () => undefined,
    handleRowDescription: () => undefined,
    handleDataRow: () => undefined,
    handleEmptyQuery: () => undefined,
  };
  session.query(query as unknown as Submittable);
  const wire = await opened.promise;
  return {
    async write(chunk) {
      if (refusal != null) throw refusal;
      wire.sendCopyFromChunk(chunk);
      if (!wire.stream.writableNeedDrain) return;
      await Promise.race([once(wire.stream, "drain"), done.promise]);
    },
    end() {
      if (refusal == null) wire.endCopyFrom();
      return done.promise;
    },
  };
}

function defer<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
