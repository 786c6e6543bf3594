/** What is wrong with one field of a request. */
export interface FieldIssue {
  /** Such as `target_date` or `user_ids[3]`. */
  readonly field: string;
  readonly problem: string;
}

interface RefusalFields {
  readonly status: number;
  /** Stable, snake_case; clients decide on it. */
  readonly code: string;
  /** For people; says nothing about the inside (no SQL, no path, no value of another user). */
  readonly message: string;
  readonly issues?: readonly FieldIssue[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A "no" on the way through a handler; becomes the error answer. Anything else thrown becomes a bare 500. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly issues: readonly FieldIssue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(fields: RefusalFields) {
    super(fields.message);
    this.name = "Refusal";
    this.status = fields.status;
    this.code = fields.code;
    this.issues = fields.issues ?? [];
    this.headers = fields.headers ?? {};
  }
}

export function invalid(...issues: readonly FieldIssue[]): Refusal {
  const message = issues.map(({ field, problem }) => `${field}: ${problem}`).join("; ");
  return new Refusal({ status: 400, code: "invalid_request", message, issues });
}

/** Try again later: a part behind the function does not answer. */
export function unavailable(code: string, message: string, retryAfterSeconds = 2): Refusal {
  return new Refusal({ status: 503, code, message, headers: { "retry-after": String(retryAfterSeconds) } });
}

/** Nothing helps but setting the secret; its name is no secret. */
export function notConfigured(message: string): Refusal {
  return new Refusal({ status: 503, code: "not_configured", message });
}
