/** A line of the log as ClickHouse has it: columns, and attributes that are texts. */
export interface LogColumns {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly ts_ms: number;
  readonly source: string;
  readonly severity_text: string;
  readonly event_message: string;
  readonly log_attributes: Readonly<Record<string, string>>;
}

/** The few forms of ClickHouse's expressions that are understood. */
export type LogExpression =
  | { readonly kind: "value"; readonly value: string | number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "attribute"; readonly key: string }
  | { readonly kind: "list"; readonly items: readonly LogExpression[] }
  | {
      readonly kind: "call";
      readonly name: string;
      /** Of `quantile(0.95)(x)`: 0.95. */
      readonly parameter: number | null;
      readonly args: readonly LogExpression[];
    };

const tokenPattern =
  /\s*(?:('(?:[^'\\]|''|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(!=|<>|>=|<=|=|>|<|\(|\)|\[|\]|,))/y;

/** Reads tokens one after the other; throws a SyntaxError for what is not understood. */
export function createLogReader(text: string) {
  const tokens: { readonly kind: "text" | "number" | "word" | "sign"; readonly text: string }[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    tokenPattern.lastIndex = at;
    const found = tokenPattern.exec(text);
    if (found == null) throw new SyntaxError(`cannot read: ${text.slice(at, at + 20)}`);
    const [, quoted, number, word, sign] = found;
    const kind = quoted != null ? "text" : number != null ? "number" : word != null ? "word" : "sign";
    tokens.push({ kind, text: quoted ?? number ?? word ?? sign ?? "" });
    at = tokenPattern.lastIndex;
  }
  let next = 0;
  const peek = (): string => (tokens[next]?.kind === "text" ? "'" : (tokens[next]?.text.toLowerCase() ?? ""));
  const take = (wanted?: string) => {
    const token = tokens[next];
    if (token == null || (wanted != null && peek() !== wanted)) throw new SyntaxError(`expected ${wanted}`);
    next += 1;
    return token;
  };

  const call = (
    name: string,
    args: readonly LogExpression[],
    parameter: number | null = null,
  ): LogExpression => ({
    kind: "call",
    name,
    parameter,
    args,
  });
  const list = (): readonly LogExpression[] => {
    const items: LogExpression[] = [];
    take("(");
    while (peek() !== ")") {
      items.push(either());
      if (peek() !== ")") take(",");
    }
    take(")");
    return items;
  };
  const primary = (): LogExpression => {
    if (peek() === "(") {
      take("(");
      const inner = either();
      take(")");
      return inner;
    }
    const token = take();
    if (token.kind === "text") return { kind: "value", value: unquote(token.text) };
    if (token.kind === "number") return { kind: "value", value: Number(token.text) };
    if (token.kind !== "word") throw new SyntaxError(`unexpected ${token.text}`);
    if (token.text === "log_attributes" && peek() === "[") {
      take("[");
      const key = unquote(take("'").text);
      take("]");
      return { kind: "attribute", key };
    }
    if (peek() !== "(") return { kind: "name", name: token.text };
    const args = list();
    if (peek() !== "(") return call(token.text, args);
    const [parameter] = args;
    if (parameter?.kind !== "value" || typeof parameter.value !== "number")
      throw new SyntaxError(`${token.text}: a number was expected`);
    return call(token.text, list(), parameter.value);
  };
  const comparison = (): LogExpression => {
    const left = primary();
    const sign = peek();
    if (sign === "in") {
      take("in");
      return call("in", [left, { kind: "list", items: list() }]);
    }
    if (!comparisons.has(sign)) return left;
    take(sign);
    return call(sign === "<>" ? "!=" : sign, [left, primary()]);
  };
  const both = (): LogExpression => {
    let left = comparison();
    while (peek() === "and") {
      take("and");
      left = call("and", [left, comparison()]);
    }
    return left;
  };
  const either = (): LogExpression => {
    let left = both();
    while (peek() === "or") {
      take("or");
      left = call("or", [left, both()]);
    }
    return left;
  };
  return { peek, take, expression: either, atEnd: () => next >= tokens.length };
}

const comparisons = new Set(["=", "!=", "<>", ">=", "<=", ">", "<"]);

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/''/g, "'").replace(/\\(.)/g, "$1");
}

type Value = string | number;

/** Answers for one line, or, with `group`, for a group of them. Throws a SyntaxError for unknown names and functions. */
export function evaluateLog(
  expression: LogExpression,
  row: LogColumns | undefined,
  group: readonly LogColumns[] | null = null,
): Value {
  const of = (one: LogExpression | undefined): Value => {
    if (one == null) throw new SyntaxError("an argument is missing");
    return evaluateLog(one, row, group);
  };
  switch (expression.kind) {
    case "value":
      return expression.value;
    case "attribute":
      return row?.log_attributes[expression.key] ?? "";
    case "name":
      return readColumn(expression.name, row);
    case "list":
      throw new SyntaxError("a list where a value was expected");
    case "call": {
      const { name, parameter, args } = expression;
      const aggregate = aggregates[name];
      if (aggregate != null) {
        if (group == null) throw new SyntaxError(`${name} without a group`);
        return aggregate(
          group.map((line) => args.map((arg) => evaluateLog(arg, line))),
          parameter,
        );
      }
      if (name === "in") {
        const [left, many] = args;
        const items = many?.kind === "list" ? many.items : [];
        return items.some((item) => of(item) === of(left)) ? 1 : 0;
      }
      const scalar = scalars[name];
      if (scalar == null || parameter != null) throw new SyntaxError(`unknown function ${name}`);
      return scalar(args.map(of));
    }
  }
}

function readColumn(name: string, row: LogColumns | undefined): Value {
  if (name === "timestamp") return row?.ts_ms ?? 0;
  const columns = ["id", "source", "severity_text", "event_message"] as const;
  const column = columns.find((one) => one === name);
  if (column == null) throw new SyntaxError(`unknown name ${name}`);
  return row?.[column] ?? "";
}

const truth = (value: boolean): number => (value ? 1 : 0);
const orZero = (value: Value | undefined): number => {
  const text = String(value ?? "").trim();
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : 0;
};

const scalars: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  "=": ([a, b]) => truth(a === b),
  "!=": ([a, b]) => truth(a !== b),
  ">=": ([a = 0, b = 0]) => truth(a >= b),
  "<=": ([a = 0, b = 0]) => truth(a <= b),
  ">": ([a = 0, b = 0]) => truth(a > b),
  "<": ([a = 0, b = 0]) => truth(a < b),
  and: ([a, b]) => truth(a !== 0 && b !== 0),
  or: ([a, b]) => truth(a !== 0 || b !== 0),
  position: ([hay, needle]) => String(hay).indexOf(String(needle)) + 1,
  toInt32OrZero: ([text]) => Math.trunc(orZero(text)),
  toFloat64OrZero: ([text]) => orZero(text),
  toFloat64: ([value]) => Number(value),
  toUnixTimestamp64Milli: ([time]) => Number(time),
  intDiv: ([a, b]) => Math.trunc(Number(a) / Number(b)),
};

const aggregates: Readonly<
  Record<string, (rows: readonly (readonly Value[])[], parameter: number | null) => Value>
> = {
  count: (rows) => rows.length,
  countIf: (rows) => rows.filter(([holds]) => holds !== 0).length,
  max: (rows) => rows.reduce((most, [value]) => Math.max(most, Number(value)), 0),
  /** Interpolated, as ClickHouse does. */
  quantile: (rows, parameter) => {
    const sorted = rows.map(([value]) => Number(value)).sort((one, other) => one - other);
    const rank = (parameter ?? 0.5) * (sorted.length - 1);
    const below = sorted[Math.floor(rank)] ?? 0;
    return below + ((sorted[Math.ceil(rank)] ?? below) - below) * (rank - Math.floor(rank));
  },
};
