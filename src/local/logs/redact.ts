const patterns: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, "[token]"],
  [/\bsb_(publishable|secret)_[\w-]+/g, "sb_$1_[key]"],
  [/\bsbp_\w+/g, "sbp_[token]"],
  [/(\w+:\/\/[^:/\s"@]+):[^@\s"/]+@/g, "$1:[password]@"],
  [/(password\s+)('(?:[^']|'')*')/gi, "$1'[password]'"],
];

/** Takes tokens, keys and passwords out of a line before it is written anywhere. */
export function redact(text: string): string {
  return patterns.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
