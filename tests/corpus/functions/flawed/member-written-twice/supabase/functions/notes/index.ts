class Scores {
  load(): string {
    return "cache";
  }
  load(): string {
    return "database";
  }
}

const limits = { daily: 5, weekly: 20, daily: 7 };

Deno.serve(() => Response.json({ from: new Scores().load(), limits }));
