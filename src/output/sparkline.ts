const marks = "▁▂▃▄▅▆▇█";

/** One mark per value, 0 to the highest; `width` marks at most, each then the highest of its share. */
export function renderSparkline(values: readonly number[], width = 60): string {
  if (values.length === 0) return "";
  const step = Math.max(1, values.length / width);
  const columns = Array.from({ length: Math.min(width, values.length) }, (_, index) =>
    Math.max(
      ...values.slice(
        Math.floor(index * step),
        Math.max(Math.floor(index * step) + 1, Math.floor((index + 1) * step)),
      ),
    ),
  );
  const top = Math.max(...columns);
  return columns
    .map(
      (value) => marks[top <= 0 ? 0 : Math.min(marks.length - 1, Math.floor((value / top) * marks.length))],
    )
    .join("");
}
