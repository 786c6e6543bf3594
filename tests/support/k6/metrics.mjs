import { writeSync } from "node:fs";

/** Samples by metric, as k6 counts them: flat figures in the summary, a sub-metric only where a threshold names it. */
export function createMetrics(thresholds, { stream }) {
  const metrics = new Map();
  const metricOf = (name, type) => {
    if (!metrics.has(name)) metrics.set(name, { type, values: [] });
    return metrics.get(name);
  };
  return {
    add(name, type, value, tags = {}) {
      metricOf(name, type).values.push(value);
      for (const named of Object.keys(thresholds)) {
        const [, base, tag, wanted] = /^([^{]+)\{([^:]+):(.*)\}$/.exec(named) ?? [];
        if (base === name && tags[tag] === wanted) metricOf(named, type).values.push(value);
      }
      if (!stream) return;
      const data = { time: new Date().toISOString(), value, tags };
      writeSync(1, `${JSON.stringify({ metric: name, type: "Point", data })}\n`);
    },
    crossed: (only = () => true) =>
      Object.entries(thresholds).flatMap(([name, list]) =>
        list
          .filter(only)
          .map((one) => one.threshold ?? one)
          .filter((expression) => !holds(expression, figuresOf(metrics.get(name))))
          .map((expression) => ({ name, expression })),
      ),
    summary() {
      const crossed = this.crossed();
      const names = new Set([...metrics.keys(), ...Object.keys(thresholds)]);
      return Object.fromEntries(
        [...names].map((name) => [
          name,
          {
            ...figuresOf(metrics.get(name) ?? { type: typeOf(name), values: [] }),
            ...(thresholds[name] == null
              ? {}
              : {
                  thresholds: Object.fromEntries(
                    thresholds[name].map((one) => {
                      const expression = one.threshold ?? one;
                      return [
                        expression,
                        crossed.some((no) => no.name === name && no.expression === expression),
                      ];
                    }),
                  ),
                }),
          },
        ]),
      );
    },
  };
}

function typeOf(name) {
  if (/latency|duration/.test(name)) return "trend";
  return /wrong|slow|req_failed/.test(name) ? "rate" : "counter";
}

function figuresOf(metric) {
  const { type, values } = metric ?? { type: "counter", values: [] };
  const sum = values.reduce((all, value) => all + value, 0);
  if (type === "counter") return { count: sum, rate: sum };
  if (type === "rate") {
    return { passes: sum, fails: values.length - sum, value: values.length === 0 ? 0 : sum / values.length };
  }
  if (type === "gauge")
    return { value: values.at(-1) ?? 0, min: Math.min(...values), max: Math.max(...values) };
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return {
    avg: values.length === 0 ? 0 : sum / values.length,
    min: at(0),
    med: at(0.5),
    max: at(1),
    "p(90)": at(0.9),
    "p(95)": at(0.95),
    "p(99)": at(0.99),
    count: values.length,
  };
}

function holds(expression, figures) {
  const [, stat, operator, limit] = /^([\w()]+)\s*(<=|>=|<|>|==)\s*([\d.]+)$/.exec(expression);
  const value = stat === "rate" ? (figures.value ?? figures.rate) : figures[stat];
  const is = {
    "<": value < Number(limit),
    "<=": value <= Number(limit),
    ">": value > Number(limit),
    ">=": value >= Number(limit),
    "==": value === Number(limit),
  };
  return is[operator];
}
