/** A place in TypeScript, JavaScript or Dart that asks the API for something by name. */
export type CodeUse = {
  readonly file: string;
  /** 0-based, in the file. */
  readonly offset: number;
  /** Schema by `.schema('…')`, else public. */
  readonly schema: string;
} & (
  | { readonly kind: "table"; readonly table: string }
  | { readonly kind: "column"; readonly table: string; readonly column: string }
  | { readonly kind: "rpc"; readonly name: string; readonly arguments: readonly string[] | null }
);
