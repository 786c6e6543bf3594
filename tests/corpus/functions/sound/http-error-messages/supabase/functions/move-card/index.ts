import { createClient } from "npm:@supabase/supabase-js@2.47.10";
import { PublicError, toResponse } from "../_shared/errors.ts";
import { err, ok, type Result } from "../_shared/result.ts";

const COLUMNS = ["backlog", "doing", "review", "done"] as const;
type Move = { cardId: number; column: (typeof COLUMNS)[number] };

function parse(input: unknown): Result<Move, string> {
  const { cardId, column } = (input ?? {}) as Partial<Move>;
  if (!Number.isSafeInteger(cardId)) return err("cardId must be an integer");
  if (!COLUMNS.includes(column!)) return err(`column must be one of ${COLUMNS.join(", ")}`);
  return ok({ cardId: cardId!, column: column! });
}

Deno.serve(async (req) => {
  try {
    const sb = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
      auth: { persistSession: false },
    });
    const { data: { user } } = await sb.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", "") ?? "");
    if (!user) throw PublicError.unauthorized();

    const move = parse(await req.json().catch(() => null));
    if (!move.ok) throw new PublicError(400, move.error);

    const { data, error } = await sb.rpc("move_card_as", {
      p_user: user.id,
      p_card: move.value.cardId,
      p_column: move.value.column,
    });
    if (error) throw error;
    if (!data) throw PublicError.notFound("card");
    return Response.json({ moved: true });
  } catch (e) {
    return toResponse(e);
  }
});
