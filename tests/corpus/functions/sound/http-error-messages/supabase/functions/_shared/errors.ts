export class PublicError extends Error {
  constructor(readonly status: number, message: string, readonly code = "bad_request") {
    super(message);
    this.name = "PublicError";
  }

  static unauthorized = () => new PublicError(401, "Please sign in again.", "unauthorized");
  static notFound = (what: string) => new PublicError(404, `There is no such ${what}.`, "not_found");
}

export function toResponse(err: unknown): Response {
  if (err instanceof PublicError) {
    return Response.json({ error: { code: err.code, message: err.message } }, { status: err.status });
  }
  const incident = crypto.randomUUID();
  console.error(incident, err);
  return Response.json({ error: { code: "internal", message: "Something went wrong.", incident } }, { status: 500 });
}
