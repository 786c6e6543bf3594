import type { Session } from "./database.ts";

interface Wire {
  readonly stream: { readonly bytesRead: number; destroy(error: Error): void };
}

/** What pg keeps to itself: the socket, and whether an answer is owed. */
type Inside = { readonly connection: Wire; readonly readyForQuery: boolean };

interface WatchOptions {
  /** Silence of this length, while an answer is owed, is asked after. */
  readonly silenceMs: number;
  /** Asked over another connection: is the server still at work for this session? False when nobody answers. */
  readonly isAtWork: () => Promise<boolean>;
}

/**
 * Ends a session whose connection is dead without having been closed (a network that swallows, a host that is gone):
 * TCP would wait for minutes or for ever. A statement may take hours as long as the server says that it runs.
 * Answers the function that ends the watch.
 */
export function watchSession(session: Session, { silenceMs, isAtWork }: WatchOptions): () => void {
  const { stream } = inside(session).connection;
  let timer: NodeJS.Timeout;
  let ended = false;
  let read = stream.bytesRead;
  const look = async (): Promise<void> => {
    const silent = stream.bytesRead === read;
    read = stream.bytesRead;
    if (silent && !inside(session).readyForQuery && !(await isAtWork().catch(() => false))) {
      // It may have answered while the question was under way.
      if (!ended && stream.bytesRead === read)
        stream.destroy(new Error(`the server fell silent for ${silenceMs / 1000} s`));
    }
    if (!ended) arm();
  };
  const arm = (): void => {
    timer = setTimeout(look, silenceMs);
    timer.unref();
  };
  arm();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

function inside(session: Session): Inside {
  return session as unknown as Inside;
}
