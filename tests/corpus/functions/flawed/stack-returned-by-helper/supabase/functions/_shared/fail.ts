export function fail(error: Error): Response {
  return Response.json({ trace: error.stack }, { status: 500 });
}
