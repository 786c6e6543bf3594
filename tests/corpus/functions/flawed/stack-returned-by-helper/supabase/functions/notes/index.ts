import { fail } from "../_shared/fail.ts";

Deno.serve(() => {
  try {
    return new Response("ok");
  } catch (error) {
    return fail(error);
  }
});
