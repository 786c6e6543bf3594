import type { RowMark } from "./column-values.ts";

/** Texts that a regular expression of a CHECK is likely to accept: the marked one first. Empty when it is beyond it. */
export function samplePattern(pattern: string, mark: RowMark): readonly string[] {
  const body = pattern.replace(/^\^/, "").replace(/\$$/, "");
  const marked = `${mark.tag}${mark.serial.toString(36)}`;
  const letters = [...marked]
    .map((one) => (/\d/.test(one) ? String.fromCharCode(97 + Number(one)) : one))
    .join("");
  const samples = [marked, letters, letters.toUpperCase(), sample(body, marked), sample(body, "")];
  let accepts: RegExp;
  try {
    accepts = new RegExp(pattern);
  } catch {
    return [...new Set(samples)].filter((one): one is string => one != null);
  }
  return [...new Set(samples)].filter((one): one is string => one != null && accepts.test(one));
}

/** One text by walking the pattern: classes, groups, alternatives (the first), quantifiers (the least, or enough for the seed). */
function sample(pattern: string, seed: string): string | null {
  let at = 0;
  let used = 0;
  const pick = (allowed: (one: string) => boolean): string => {
    while (used < seed.length) {
      const one = seed[used++] ?? "";
      if (allowed(one)) return one;
    }
    return [..."a1A0-_ .@x"].find(allowed) ?? "a";
  };
  function alternatives(): string {
    const first = sequence();
    while (pattern[at] === "|") {
      at++;
      sequence();
    }
    return first;
  }
  function sequence(): string {
    let text = "";
    while (at < pattern.length && pattern[at] !== "|" && pattern[at] !== ")") text += quantified();
    return text;
  }
  function quantified(): string {
    const from = at;
    const one = atom();
    const quantifier = /^(\*|\+|\?|\{(\d+)(?:,(\d*))?\})\??/.exec(pattern.slice(at));
    if (quantifier == null) return one;
    at += quantifier[0].length;
    const least = quantifier[2] == null ? (quantifier[1] === "+" ? 1 : 0) : Number(quantifier[2]);
    const most = quantifier[3]
      ? Number(quantifier[3])
      : quantifier[2] != null && !quantifier[0].includes(",")
        ? least
        : quantifier[1] === "?"
          ? 1
          : 12;
    const end = at;
    const wanted = Math.max(least, Math.min(most, seed.length > 0 ? 9 : least));
    let text = wanted > 0 ? one : "";
    for (let count = 1; count < wanted; count++) {
      at = from;
      text += atom();
    }
    at = end;
    return text;
  }
  function atom(): string {
    const char = pattern[at++] ?? "";
    if (char === "(") {
      if (pattern.startsWith("?:", at)) at += 2;
      const text = alternatives();
      at++;
      return text;
    }
    if (char === "[") {
      const close = pattern.indexOf(
        "]",
        pattern[at] === "]" || pattern.startsWith("^]", at) ? at + 2 : at + 1,
      );
      const allowed = tryClass(pattern.slice(at, close < 0 ? undefined : close));
      at = close < 0 ? pattern.length : close + 1;
      return pick(allowed);
    }
    if (char === ".") return pick((one) => /\w/.test(one));
    if (char === "^" || char === "$") return "";
    if (char === "\\") {
      const next = pattern[at++] ?? "";
      const known: Readonly<Record<string, RegExp>> = {
        d: /\d/,
        w: /\w/,
        s: /\s/,
        D: /\D/,
        W: /\W/,
        S: /\S/,
      };
      const set = known[next];
      if (next === "m" || next === "M" || next === "y") return "";
      return set == null ? next : pick((one) => set.test(one));
    }
    return char;
  }
  const text = alternatives();
  return at >= pattern.length ? text : null;
}

function tryClass(inside: string): (one: string) => boolean {
  const body = inside
    .replace(/\[:alpha:\]/g, "A-Za-z")
    .replace(/\[:digit:\]/g, "0-9")
    .replace(/\[:alnum:\]/g, "A-Za-z0-9")
    .replace(/\[:space:\]/g, "\\s");
  try {
    const set = new RegExp(`[${body}]`);
    return (one) => set.test(one);
  } catch {
    return (one) => /[a-z0-9]/.test(one);
  }
}
