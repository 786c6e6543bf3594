import { styleText } from "node:util";

type Paint = (text: string) => string;

export interface Style {
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly bold: Paint;
  readonly dim: Paint;
}

/** Colours for a stream, or none: NO_COLOR, TERM=dumb, a pipe or --no-color (clig.dev, no-color.org). */
export function createStyle(coloured: boolean): Style {
  const paint = (format: Parameters<typeof styleText>[0]): Paint =>
    coloured ? (text) => styleText(format, text, { validateStream: false }) : (text) => text;
  return {
    red: paint("red"),
    green: paint("green"),
    yellow: paint("yellow"),
    bold: paint("bold"),
    dim: paint("dim"),
  };
}

export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env["NO_COLOR"] != null && env["NO_COLOR"] !== "") return false;
  if (env["FORCE_COLOR"] != null && env["FORCE_COLOR"] !== "0") return true;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}
