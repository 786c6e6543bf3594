/** A node of the ESTree with TypeScript's additions. Offsets count UTF-16 units. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

export interface Parsed {
  readonly program: SyntaxNode;
  /** What kept it from parsing; empty when it is sound. */
  readonly problems: readonly { readonly message: string; readonly offset: number }[];
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}

/** TypeScript or JavaScript, told apart by the path. Never throws over what is in the text. */
export type ParseCode = (path: string, text: string) => Parsed;
