import type { Secret } from "../core/secret.ts";

export interface AppReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when the reply is JSON, else its text. */
  readonly body: unknown;
}

export interface AppRequest {
  readonly method?: string;
  /** Path below the project's URL, such as `/rest/v1/engagement_events?select=*`. */
  readonly path: string;
  readonly json?: unknown;
  /** Sent as it is, instead of `json`; its content type is the caller's to say. */
  readonly text?: string;
  /** Over those that every request shows; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export interface AppChange {
  readonly table: string;
  readonly type: "INSERT" | "UPDATE" | "DELETE";
  readonly record: Readonly<Record<string, unknown>>;
}

export interface AppWatch {
  /** Resolves with the first change that `accepts` takes, or null when `timeoutMs` passes. */
  next(accepts: (change: AppChange) => boolean, timeoutMs: number): Promise<AppChange | null>;
  close(): Promise<void>;
}

/** The project as one of its app's users sees it, over the public URL with the public key. */
export interface AppSession {
  /** Null for the anonymous visitor. */
  readonly userId: string | null;
  /** What it shows as its bearer: a user's access token, or the key of who has none. */
  readToken(): Promise<Secret>;
  send(request: AppRequest): Promise<AppReply>;
  /** Realtime postgres_changes on a table of schema public, through the same client as the app uses. */
  watch(table: string): Promise<AppWatch>;
}

export interface AppGateway {
  /** Reads what sessions will need, ahead of time; a failure shows at first use. Writes nothing. */
  prepare(): void;
  anonymous(): AppSession;
  /** Uses the secret key: what only a service may do. */
  service(): AppSession;
  /** A synthetic user, marked as such (`bee-probe-…@example.invalid`). */
  createUser(label: string): Promise<AppSession & { readonly userId: string }>;
  removeUser(userId: string): Promise<void>;
  close(): Promise<void>;
}
