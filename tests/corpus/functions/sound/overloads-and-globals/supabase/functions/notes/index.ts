class Scores {
  load(kind: "a"): string;
  load(kind: "b"): string;
  load(kind: string): string {
    return kind;
  }
  get limit(): number {
    return this.#limit;
  }
  set limit(value: number) {
    this.#limit = value;
  }
  #limit = 1;
}

function sum(...values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

Deno.serve(() => {
  const scores = new Scores();
  scores.limit = sum(1, 2);
  return Response.json({ load: scores.load("a"), at: structuredClone({ limit: scores.limit }) });
});
