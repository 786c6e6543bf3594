import { work } from "../_shared/work.ts";

Deno.serve(async () => {
  while (true) {
    await work();
  }
});
