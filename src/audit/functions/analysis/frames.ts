import { type Node, part, parts } from "./node.ts";
import { deepTags, type Scope, tags, type Value } from "./value.ts";

interface Place {
  readonly scope: Scope;
  readonly node: Node;
}

interface Frame extends Place {
  /** Of what was handed over. */
  readonly bits: number;
  readonly isThin: boolean;
}

/** What rules look for in what is logged and answered. */
const telling =
  tags.secret | tags.serviceKey | tags.headers | tags.token | tags.personal | tags.errorText | tags.error;

/** The calls that are under way, each with what it hands over. */
export class Frames {
  readonly #frames: Frame[] = [];

  enter(place: Place, called: Node, args: readonly Value[]): void {
    const bits = args.reduce((all, one) => all | deepTags(one), 0);
    this.#frames.push({ ...place, bits, isThin: isThin(called) });
  }

  leave(): void {
    this.#frames.pop();
  }

  /** What a helper logs or answers that does nothing else is the word of who handed it over. */
  handedAt(place: Place, bits: number): Place {
    const told = bits & telling;
    let at = place;
    for (const frame of this.#frames.toReversed()) {
      if (told === 0 || (frame.bits & told) !== told || !frame.isThin) break;
      at = frame;
    }
    return at;
  }
}

/** `const reply = (body, status) => new Response(…)`. */
function isThin(closure: Node): boolean {
  const body = part(closure, "body");
  if (body == null || body.type !== "BlockStatement") return body != null;
  const statements = parts(body, "body");
  return statements.length <= 2 && !statements.some(({ type }) => /^(If|Try|Switch)Statement$/.test(type));
}
