import { AccessDenied, requireRole } from "../_shared/rbac.ts";

Deno.serve(async (req) => {
  try {
    const { user, db } = await requireRole(req, "finance");

    const body: unknown = await req.json().catch(() => null);
    const expenseId = (body as { expenseId?: unknown } | null)?.expenseId;
    if (typeof expenseId !== "number" || !Number.isSafeInteger(expenseId)) {
      return Response.json({ error: "expenseId" }, { status: 400 });
    }

    const { data, error } = await db
      .from("expenses")
      .update({ state: "approved", approved_by: user.id })
      .eq("id", expenseId)
      .eq("state", "submitted")
      .neq("employee_id", user.id)
      .select("id, state")
      .maybeSingle();
    if (error) throw error;
    return data ? Response.json(data) : Response.json({ error: "nothing to approve" }, { status: 409 });
  } catch (err) {
    if (err instanceof AccessDenied) return Response.json({ error: err.message }, { status: err.status });
    console.error("approve-expense", err);
    return Response.json({ error: "internal error" }, { status: 500 });
  }
});
