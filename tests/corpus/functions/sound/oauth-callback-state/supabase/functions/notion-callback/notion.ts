import { z } from "zod";

const Grant = z.object({
  access_token: z.string(),
  workspace_id: z.string(),
  workspace_name: z.string().nullable(),
});
export type Grant = z.infer<typeof Grant>;

export async function redeem(code: string): Promise<Grant> {
  const id = Deno.env.get("NOTION_CLIENT_ID");
  const secret = Deno.env.get("NOTION_CLIENT_SECRET");
  const redirect_uri = Deno.env.get("NOTION_REDIRECT_URI");
  if (!id || !secret || !redirect_uri) throw new Error("Notion OAuth is not configured");
  const res = await fetch("https://api.notion.com/v1/oauth/token", {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${id}:${secret}`)}`, "Content-Type": "application/json" },
    body: JSON.stringify({ grant_type: "authorization_code", code, redirect_uri }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!res.ok) throw new Error(`notion token endpoint ${res.status}`);
  return Grant.parse(await res.json());
}
