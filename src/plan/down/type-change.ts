/** `numeric(10,2)` → name and numbers. */
function parseType(type: string): { readonly name: string; readonly numbers: readonly number[] } {
  const match = /^(.*?)\((\d+(?:,\s*-?\d+)*)\)(.*)$/.exec(type);
  if (match == null) return { name: type, numbers: [] };
  const [, before = "", numbers = "", after = ""] = match;
  return { name: `${before}${after}`, numbers: numbers.split(",").map(Number) };
}

const integers = ["smallint", "integer", "bigint"];
const texts = ["text", "character varying"];
/** Types that text spells in one way only, and reads back. */
const spelled = [...integers, "boolean", "uuid", "date"];

/**
 * How a cast treats the values: `keeps` every one, `fails` rather than change one, or `changes` some without a word.
 * What is not known changes.
 */
export function judgeTypeChange(
  from: string,
  to: string,
  enums: readonly string[] = [],
): "keeps" | "fails" | "changes" {
  if (from === to) return "keeps";
  const [a, b] = [parseType(from), parseType(to)];
  if (integers.includes(a.name) && integers.includes(b.name)) {
    return integers.indexOf(a.name) <= integers.indexOf(b.name) ? "keeps" : "fails";
  }
  if (integers.includes(a.name) && b.name === "numeric") return b.numbers.length === 0 ? "keeps" : "fails";
  if (a.name === "numeric" && b.name === "numeric") return judgeNumeric(a.numbers, b.numbers);
  if (
    texts.includes(b.name) &&
    (texts.includes(a.name) || enums.includes(from) || spelled.includes(a.name))
  ) {
    const [limit] = b.numbers;
    const [before] = a.numbers;
    return limit == null || (before != null && before <= limit) ? "keeps" : "fails";
  }
  if (enums.includes(to)) return "fails";
  if (a.name === "real" && b.name === "double precision") return "keeps";
  if (a.name === "jsonb" && (b.name === "json" || b.name === "text")) return "keeps";
  if (a.name === "date" && b.name.startsWith("timestamp")) return "keeps";
  return "changes";
}

function judgeNumeric(from: readonly number[], to: readonly number[]): "keeps" | "fails" | "changes" {
  const [precision, scale = 0] = to;
  if (precision == null) return "keeps";
  const [had, hadScale = 0] = from;
  if (had == null || hadScale > scale) return "changes";
  return had - hadScale <= precision - scale ? "keeps" : "fails";
}
