export async function postJson(target: string | URL, payload: unknown, ms = 5_000): Promise<number> {
  const request = new Request(target, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
    signal: AbortSignal.timeout(ms),
  });
  const response = await fetch(request);
  return response.status;
}
