import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppSession } from "../ports/app-gateway.ts";
import { finding } from "./finding.ts";
import { type Injection, injections, showsDatabaseText, sleepers, sleepSeconds } from "./injections.ts";
import { isDelayed } from "./is-delayed.ts";
import { callFunction, inTurn, type ProbeTarget } from "./probe-target.ts";

interface Trial {
  readonly field: string;
  readonly injection: Injection;
}

type Body = Readonly<Record<string, unknown>>;

export interface FunctionInjection {
  readonly findings: readonly Finding[];
  readonly attempts: number;
}

/** Payloads in each text field of the body that the function accepts. Late answers are asked for once more. */
export async function injectFunction(
  session: AppSession,
  target: ProbeTarget,
  body: Body,
  userId: string,
): Promise<FunctionInjection> {
  const fields = Object.keys(body).filter((field) => typeof body[field] === "string");
  const stacked: Injection = {
    name: "a stacked change",
    payload: `'; update auth.users set raw_user_meta_data = raw_user_meta_data || '{"bee_injected":true}' where id = '${userId}'; --`,
  };
  const trials = fields.flatMap((field) =>
    [...injections, stacked].map((injection): Trial => ({ field, injection })),
  );
  const ask = ({ field, injection }: Trial): Promise<AppReply> =>
    callFunction(session, target, { json: { ...body, [field]: injection.payload } });
  const replies = await inTurn(trials, ask);
  const harmless = await inTurn(fields, (field) =>
    callFunction(session, target, { json: { ...body, [field]: "bee" } }),
  );
  const findings = trials.flatMap((trial, index) => {
    const reply = replies[index];
    const control = harmless[fields.indexOf(trial.field)];
    if (reply == null || control == null) throw new Error(`${target.slug} left a call unanswered`);
    return judge(target.slug, trial, reply, control);
  });
  const found = new Set(findings.map(({ subject }) => subject));
  const quiet = fields.filter((field) => !found.has(`${target.slug}:${field}`));
  const naps = quiet.flatMap((field) => sleepers.map((injection): Trial => ({ field, injection })));
  const late = await inTurn(naps, async (trial) => {
    const { field } = trial;
    const isLate = await isDelayed(
      sleepSeconds,
      () => ask(trial),
      () => callFunction(session, target, { json: { ...body, [field]: "bee" } }),
    );
    return isLate ? [describe(target.slug, field, "waits as long as the text tells it to (pg_sleep)")] : [];
  });
  const unique = new Map([...findings, ...late.flat()].map((found) => [found.key, found]));
  return { findings: [...unique.values()], attempts: trials.length + naps.length + harmless.length };
}

function judge(
  slug: string,
  { field, injection }: Trial,
  reply: AppReply,
  control: AppReply,
): readonly Finding[] {
  const { name } = injection;
  if (showsDatabaseText(textOf(reply)))
    return [describe(slug, field, `answers ${name} with the database's own error`)];
  if (reply.status >= 500 && control.status < 500)
    return [
      describe(slug, field, `answers ${reply.status} to ${name}, ${control.status} to a harmless text`),
    ];
  if (reply.status >= 300 || !name.startsWith("always true")) return [];
  // What it found, without the echo of what was asked.
  const told = textOf(reply).replaceAll(JSON.stringify(injection.payload).slice(1, -1), "").length;
  const usual = control.status < 300 ? textOf(control).length : 0;
  if (told <= usual * 1.2 + 100) return [];
  return [describe(slug, field, `answers more to ${name} than to a harmless text`)];
}

function textOf({ body }: AppReply): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function describe(slug: string, field: string, what: string): Finding {
  return finding(
    "sql-injection-refused",
    `${slug}:${field}`,
    `${slug}: ${field} becomes part of an SQL statement: it ${what}`,
    "Pass values as parameters (rpc arguments, .eq(), tagged templates); never build SQL or filter texts from input.",
  );
}
