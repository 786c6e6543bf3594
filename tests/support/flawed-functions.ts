/** Sources of edge functions, each wrong in one way (or in none), for gates to be tried on. */

/** Asks the auth server who is calling; null for nobody. */
const whoIs = `
async function whoIs(request) {
  const authorization = request.headers.get("authorization") ?? "";
  const reply = await fetch(Deno.env.get("SUPABASE_URL") + "/auth/v1/user", {
    headers: { authorization, apikey: Deno.env.get("SUPABASE_ANON_KEY") },
  });
  return reply.status === 200 ? (await reply.json()).id : (await reply.body?.cancel(), null);
}
const json = (status, body, headers = {}) => Response.json(body, { status, headers });
const refuse = (status, code) => json(status, { error: { code, message: "no" } });
`;

const serve = (body: string): string => `${whoIs}
Deno.serve(async (request) => {
  ${body}
});`;

/** Needs a user, checks everything, answers what it was sent. */
export const soundNotes = serve(`
  const caller = await whoIs(request);
  if (caller == null) return refuse(401, "unauthorized");
  if (!new URL(request.url).pathname.endsWith("/sound-notes")) return refuse(404, "not_found");
  if (request.method !== "POST") return refuse(405, "method_not_allowed");
  if (request.headers.get("content-type") !== "application/json") return refuse(415, "unsupported_media_type");
  const text = await request.text();
  if (text.length > 100_000) return refuse(413, "too_large");
  let body;
  try { body = JSON.parse(text); } catch { return refuse(400, "invalid_request"); }
  const keys = body != null && typeof body === "object" && !Array.isArray(body) ? Object.keys(body) : null;
  if (keys == null || keys.some((key) => !["user_id", "note"].includes(key))) return refuse(400, "invalid_request");
  if (typeof body.note !== "string" || typeof body.user_id !== "string") return refuse(400, "invalid_request");
  if (!/^[0-9a-f-]{36}$/.test(body.user_id)) return refuse(400, "invalid_request");
  if (body.user_id !== caller) return refuse(403, "forbidden");
  globalThis.calls = (globalThis.calls ?? 0) + 1;
  if (globalThis.calls > 60) return json(429, { error: { code: "rate_limited" } }, { "retry-after": "2" });
  return json(200, { user_id: caller, note: body.note });`);

/** Knows who calls, and takes the user from the body all the same. */
export const foreignData = serve(`
  if (await whoIs(request) == null) return refuse(401, "unauthorized");
  const { user_id } = await request.json();
  return json(200, { user_id, score: 71, state: "Rising" });`);

/** Breaks on a token that is none. */
export const breaksOnToken = serve(`
  const token = (request.headers.get("authorization") ?? "").replace("Bearer ", "");
  JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  const caller = await whoIs(request);
  return caller == null ? refuse(401, "unauthorized") : json(200, { user_id: caller });`);

/** Meant for services, and open to users. */
export const openService = serve(`
  if (await whoIs(request) == null) return refuse(401, "unauthorized");
  return json(200, { sent: 0 });`);

/** Takes whatever can be parsed, and breaks on what cannot. */
export const takesAnything = serve(`
  const body = await request.json();
  return json(200, { taken: String(body.note).slice(0, 10) });`);

/** Builds SQL from a field, and shows the database's error. */
export const buildsSql = (showsErrors: boolean): string =>
  serve(`
  const { name } = await request.json();
  const key = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY");
  const reply = await fetch(Deno.env.get("SUPABASE_URL") + "/rest/v1/rpc/bee_test_exec", {
    method: "POST",
    headers: { "content-type": "application/json", apikey: key, authorization: "Bearer " + key },
    body: JSON.stringify({ q: "select id from auth.users where email = '" + name + "'" }),
  });
  const text = await reply.text();
  return ${showsErrors ? `new Response(text, { status: reply.status })` : `json(200, { ok: true })`};`);

/** 429 without saying when to come back. */
export const mute429 = serve(`
  globalThis.calls = (globalThis.calls ?? 0) + 1;
  return globalThis.calls > 20 ? json(429, { error: { code: "rate_limited" } }) : json(200, { ok: true });`);

/** Its error answers, by what they tell. */
export const tells = (answer: string): string =>
  serve(`
  try {
    await request.json();
    throw new Error("inside");
  } catch (error) {
    ${answer}
  }`);
