import { createClient } from "npm:@supabase/supabase-js@2.47.10";
import { verifyGithub } from "../_shared/github.ts";

interface DeploymentStatus {
  deployment: { id: number; environment: string; sha: string };
  deployment_status: { state: string; created_at: string };
}

function asDeployment(value: unknown): DeploymentStatus | null {
  const v = value as Partial<DeploymentStatus> | null;
  if (typeof v?.deployment?.id !== "number") return null;
  if (typeof v.deployment.environment !== "string" || typeof v.deployment.sha !== "string") return null;
  if (typeof v.deployment_status?.state !== "string") return null;
  return v as DeploymentStatus;
}

Deno.serve(async (req) => {
  const raw = await req.text();
  if (!verifyGithub(raw, req.headers.get("x-hub-signature-256"))) {
    return new Response("invalid signature", { status: 401 });
  }
  if (req.headers.get("x-github-event") !== "deployment_status") return new Response(null, { status: 204 });

  let event: DeploymentStatus | null;
  try {
    event = asDeployment(JSON.parse(raw));
  } catch {
    event = null;
  }
  if (!event) return new Response("unexpected payload", { status: 400 });

  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await supabase.from("deployments").upsert({
    id: event.deployment.id,
    environment: event.deployment.environment,
    sha: event.deployment.sha,
    state: event.deployment_status.state,
  });
  if (error) {
    console.error("deployments upsert", error.code);
    return new Response("storage error", { status: 500 });
  }
  return new Response("stored", { status: 201 });
});
