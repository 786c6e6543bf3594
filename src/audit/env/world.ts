import type { EnvRead } from "./scan-reads.ts";
import type { ValueShape } from "./value-shape.ts";

/** One name in a file of values; the value itself stays where it was read. */
export interface EnvEntry {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** Null in templates such as .env.example, whose values mean nothing. */
  readonly shape: ValueShape | null;
}

/** What the rules for the environment look at. Names and shapes only, never a value. */
export interface EnvWorld {
  /** By edge functions. */
  readonly reads: readonly EnvRead[];
  /** By the Flutter app, fixed when it is built. */
  readonly dartReads: readonly EnvRead[];
  /** Names that bee.config.yaml declares, with their place. */
  readonly declared: readonly { readonly name: string; readonly file: string; readonly offset: number }[];
  readonly entries: readonly EnvEntry[];
  /** Names that --dart-define or a file of defines gives; null when the tree shows no build. */
  readonly dartDefines: ReadonlyMap<string, { readonly file: string; readonly offset: number }> | null;
  /** Every file that a build takes its defines from is in the tree. */
  readonly dartBuildsKnown: boolean;
  /** What builds and files of defines hold for the app; templates are left out. */
  readonly definedValues: readonly EnvEntry[];
  /** Names that infrastructure, workflows or scripts use. */
  readonly usedElsewhere: ReadonlySet<string>;
  /** Configuration files that could not be read. */
  readonly broken: readonly { readonly file: string; readonly detail: string }[];
  readonly target: {
    readonly name: string;
    /** Set on the platform. */
    readonly names: ReadonlySet<string>;
    /** Set there to another value than here; compared by digest. */
    readonly differing: ReadonlySet<string>;
    /** May be absent there: declared for other targets, or documented as a comment. */
    readonly optional: ReadonlySet<string>;
    /** Have a value in .env.<target> or the process environment. */
    readonly given: ReadonlySet<string>;
  } | null;
}

/** Every name that is set or promised somewhere for the functions. */
export function knownNames({ declared, entries, target }: EnvWorld): ReadonlySet<string> {
  return new Set([
    ...declared.map(({ name }) => name),
    ...entries.map(({ name }) => name),
    ...(target?.names ?? []),
    ...(target?.given ?? []),
  ]);
}
