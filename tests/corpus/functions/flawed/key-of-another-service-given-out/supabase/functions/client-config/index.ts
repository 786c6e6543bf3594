const config = {
  region: "eu-central-1",
  openai: Deno.env.get("OPENAI_API_KEY") ?? "",
};

Deno.serve(() => Response.json(config));
