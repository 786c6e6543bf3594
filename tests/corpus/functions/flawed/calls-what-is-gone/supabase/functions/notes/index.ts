import { load } from "../_shared/load.ts";

class Report {
  run(): string {
    return this.render();
  }
}

Deno.serve(() => {
  const rows = load();
  return new Response(summarise(rows) + new Report().run());
});
