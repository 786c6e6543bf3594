import * as dates from "./dates.ts";

Deno.serve(() => {
  const monday = dates.startOfWeek(new Date());
  return Response.json({ from: monday.toISOString(), label: dates.formatWeek(monday) });
});
