import type { Secret } from "../core/secret.ts";

/** An outside program as a value: assembled and shown before anything runs it. */
export interface Invocation {
  readonly file: string;
  /** Readable by everybody on the machine: never a secret. */
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Over the inherited environment. */
  readonly env?: Readonly<Record<string, string | Secret>>;
  /** `write` changes something outside bee; a dry run leaves it out. */
  readonly effect: "read" | "write";
  /** Never shown, whatever the program prints. Secrets of `env` are hidden besides. */
  readonly redact?: readonly Secret[];
  /** 600,000 by default. */
  readonly timeoutMs?: number;
  /** It must not go on when bee is gone, however bee ended; kept where setpriv is (util-linux). */
  readonly endsWithBee?: boolean;
}

/** As one would type it, for people; the environment's secrets as `[secret]`. */
export function renderInvocation({ file, args, cwd, env = {} }: Invocation): string {
  const settings = Object.entries(env).map(([name, value]) =>
    typeof value === "string" ? `${name}=${quote(value)}` : `${name}=[secret]`,
  );
  const command = [...settings, ...[file, ...args].map(quote)].join(" ");
  return cwd == null ? command : `cd ${quote(cwd)} && ${command}`;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
