/** HTTP as values, for the parts of the platform that answer small JSON requests (auth, Management API). */
export interface HttpRequest {
  readonly method: string;
  /** Path below the part's prefix, without the query: `/token`, `/v1/projects`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a Buffer; absent = empty body. */
  readonly body?: unknown;
}

export type HttpHandler = (request: HttpRequest) => Promise<HttpReply>;
