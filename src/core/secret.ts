const inspect = Symbol.for("nodejs.util.inspect.custom");

/** A value that prints as `[secret]` everywhere; only adapters reveal it, at the moment of use. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect](): string {
    return "[secret]";
  }
}
