export async function refuse(req: Request, client: { auth: { getUser(token: string): Promise<{ data: { user: unknown } }> } }): Promise<Response | null> {
  const { data } = await client.auth.getUser((req.headers.get("authorization") ?? "").slice(7));
  if (!data.user) return new Response("unauthorized", { status: 401 });
  return null;
}
