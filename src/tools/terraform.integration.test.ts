import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectDir } from "../../tests/support/backend.ts";
import { failureOf } from "../../tests/support/target.ts";
import { copyConfiguration, findTerraform } from "../../tests/support/terraform.ts";
import { Secret } from "../core/secret.ts";
import { applyInfrastructure } from "../engine/apply-infrastructure.ts";
import { createInvocationRunner, type RunInvocation } from "./invocation.ts";
import { createTerraform, type TerraformOptions } from "./terraform.ts";

const installed = findTerraform() != null;
const run = createInvocationRunner({ env: process.env });

let files: ReturnType<typeof copyConfiguration>;
beforeEach(() => {
  files = copyConfiguration();
});
afterEach(() => files.remove());

const digest = "0".repeat(64);
const service = (memory = "512Mi") => ({
  image: `registry/one@sha256:${digest}`,
  service_account_email: "a@b.c",
  memory,
});

function configure(services: Record<string, unknown>, more: Record<string, unknown> = {}): void {
  writeFileSync(join(files.dir, "terraform.tfvars.json"), JSON.stringify({ services, ...more }));
}

function open(options: Partial<TerraformOptions> = {}) {
  return createTerraform({ dir: files.dir, workDir: files.workDir, run, lockTimeoutSeconds: 1, ...options });
}

const state = () =>
  JSON.parse(readFileSync(join(files.dir, "terraform.tfstate"), "utf8")) as {
    resources: { name: string; instances: { index_key?: string }[] }[];
  };
const running = (name: string) =>
  state()
    .resources.filter((one) => one.name === name)
    .flatMap((one) => one.instances.map((instance) => instance.index_key));
const left = () => readdirSync(files.workDir);

const lockFile = () => join(files.dir, ".terraform.tfstate.lock.info");

/** A plan locks too, for a moment; an apply is under way once it has begun to write the state. */
async function untilLocked(): Promise<void> {
  const until = Date.now() + 20_000;
  for (let seen = 0; seen < 10; ) {
    seen = existsSync(lockFile()) ? seen + 1 : 0;
    if (Date.now() > until) throw new Error("never locked");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe.skipIf(!installed)("terraform", () => {
  it("applies the plan that was shown, once, and leaves no plan behind", async () => {
    configure({ a: service(), b: service() });
    const terraform = open();
    const plan = await terraform.plan({});
    expect(plan.changes).toEqual([
      { address: 'terraform_data.function["a"]', action: "create", reason: null },
      { address: 'terraform_data.function["b"]', action: "create", reason: null },
      { address: "terraform_data.secret", action: "create", reason: null },
    ]);
    const [folder = ""] = left();
    expect(statSync(join(files.workDir, folder)).mode & 0o777).toBe(0o700);
    expect(statSync(join(files.workDir, folder, "plan")).mode & 0o777).toBe(0o600);
    await applyInfrastructure(terraform, plan, {}, []);
    expect(running("function")).toEqual(["a", "b"]);
    expect(left()).toEqual([]);
    expect(await failureOf(terraform.apply(plan, []))).toMatchObject({ code: "BEE-E816", exit: 6 });
    expect((await terraform.plan({})).changes).toEqual([]);
  });

  it("takes every service away with deploy_functions=false, when each is named, and brings them back", async () => {
    configure(
      { a: service(), b: service() },
      { legacy_services: { "batch-events": "old" }, deploy_functions: true },
    );
    const terraform = open();
    await applyInfrastructure(terraform, await terraform.plan({}), {}, []);
    const off = { deploy_functions: false };
    const plan = await terraform.plan(off);
    const addresses = ['terraform_data.function["a"]', 'terraform_data.function["b"]'];
    expect(plan.changes).toEqual(
      addresses.map((address) => ({ address, action: "destroy", reason: "delete_because_each_key" })),
    );
    expect(await failureOf(terraform.apply(plan, addresses.slice(1)))).toMatchObject({
      code: "BEE-E815",
      exit: 3,
      detail: 'destroy terraform_data.function["a"]\nNothing was changed.',
      hint: `If that is meant: --destroy 'terraform_data.function["a"]'`,
    });
    expect(running("function")).toEqual(["a", "b"]);
    await applyInfrastructure(terraform, plan, off, addresses);
    expect(running("function")).toEqual([]);
    expect(running("legacy")).toEqual(["batch-events"]);
    await applyInfrastructure(terraform, await terraform.plan({}), {}, []);
    expect(running("function")).toEqual(["a", "b"]);
  });

  it("counts replacing as destroying", async () => {
    configure({ a: service() });
    const terraform = open();
    await applyInfrastructure(terraform, await terraform.plan({}), {}, []);
    configure({ a: service("1Gi") });
    const plan = await terraform.plan({});
    expect(plan.changes).toMatchObject([{ address: 'terraform_data.function["a"]', action: "replace" }]);
    expect(await failureOf(terraform.apply(plan, []))).toMatchObject({ code: "BEE-E815" });
    await terraform.discard(plan);
    expect(left()).toEqual([]);
  });

  it("keeps secrets out of arguments, files and messages", async () => {
    configure({});
    const seen: string[] = [];
    const spy: RunInvocation = (invocation, signal) => {
      seen.push(invocation.args.join(" "));
      return run(invocation, signal);
    };
    const terraform = open({ run: spy });
    const password = new Secret("hunter2hunter2");
    const plan = await terraform.plan({ password, pause: "0" });
    expect(seen.join("\n")).toContain("-var=pause=0 -var-file=");
    expect(seen.join("\n")).not.toContain("hunter2");
    const [folder = ""] = left();
    expect(statSync(join(files.workDir, folder, "secret.tfvars.json")).mode & 0o777).toBe(0o600);
    await terraform.apply(plan, []);
    expect(left()).toEqual([]);
    expect(readFileSync(join(files.dir, "terraform.tfstate"), "utf8")).not.toContain("hunter2");
    const wrong = await failureOf(terraform.plan({ legacy_services: password }));
    expect(wrong).toMatchObject({ code: "BEE-E814" });
    expect(JSON.stringify(wrong)).not.toContain("hunter2");
  });

  it("refuses a plan that was exchanged, and one whose state moved on", async () => {
    configure({ a: service() });
    const terraform = open();
    const exchanged = await terraform.plan({});
    writeFileSync(join(files.workDir, left()[0] ?? "", "plan"), "another");
    expect(await failureOf(terraform.apply(exchanged, []))).toMatchObject({ code: "BEE-E816" });
    const one = await terraform.plan({});
    configure({ b: service() });
    const other = await terraform.plan({});
    await terraform.apply(one, []);
    expect(await failureOf(terraform.apply(other, []))).toMatchObject({
      code: "BEE-E816",
      exit: 6,
      message: expect.stringContaining("the state changed since the plan"),
    });
    expect(left()).toEqual([]);
  });

  it("waits for a locked state and says who holds it", async () => {
    configure({ a: service() }, { pause: "6" });
    const slow = open();
    const applying = slow.plan({}).then((plan) => slow.apply(plan, []));
    await untilLocked();
    const refused = await failureOf(open().plan({}));
    await applying;
    expect(refused).toMatchObject({
      code: "BEE-E813",
      exit: 5,
      message: expect.stringContaining("the state is locked by somebody else"),
      detail: expect.stringMatching(/Who:[\s\S]*Nothing was changed\.$/),
    });
  });

  it("gives the lock back and keeps what is done when it is interrupted", async () => {
    configure({ a: service() }, { pause: "4" });
    const stop = new AbortController();
    const terraform = open({ signal: stop.signal });
    const plan = await terraform.plan({});
    const applying = failureOf(terraform.apply(plan, []));
    await untilLocked();
    stop.abort();
    expect(await applying).toMatchObject({
      code: "BEE-E842",
      exit: 130,
      detail: expect.stringContaining("It may have done a part of its work."),
    });
    expect(existsSync(lockFile())).toBe(false);
    expect(left()).toEqual([]);
    configure({ a: service() });
    const again = open();
    const rest = await again.plan({});
    const lost = rest.changes.filter(({ action }) => action === "replace").map(({ address }) => address);
    await applyInfrastructure(again, rest, {}, lost);
    expect(running("function")).toEqual(["a"]);
  });

  it("says what is wrong before anything is touched: no terraform, too old, no configuration, broken, not reachable", async () => {
    configure({});
    const code = async (options: Partial<TerraformOptions>) => failureOf(open(options).plan({}));
    expect(await code({ file: "no-terraform" })).toMatchObject({ code: "BEE-E840", exit: 2 });
    expect(await code({ minimumVersion: "99.0.0" })).toMatchObject({
      code: "BEE-E811",
      message: expect.stringMatching(/^terraform 1\.\d+\.\d+ is too old$/),
    });
    expect(await code({ dir: files.workDir })).toMatchObject({ code: "BEE-E810" });
    expect(await failureOf(open().plan({ nope: 1 }))).toMatchObject({
      code: "BEE-E814",
      message: expect.stringContaining("Value for undeclared variable"),
    });
    writeFileSync(join(files.dir, "broken.tf"), "resource {");
    expect(await code({})).toMatchObject({ code: "BEE-E812", detail: expect.stringContaining("broken.tf") });
    writeFileSync(join(files.dir, "broken.tf"), 'terraform { required_version = ">= 99.0" }');
    expect(await code({})).toMatchObject({
      exit: 2,
      detail: expect.stringContaining("Nothing was changed."),
    });
    expect(existsSync(join(files.dir, "terraform.tfstate"))).toBe(false);
  });

  it("says what is left when an apply fails in its middle, and goes on from there", async () => {
    configure({ a: service() });
    const mended = join(files.dir, "mended");
    writeFileSync(
      join(files.dir, "fails.tf"),
      `resource "terraform_data" "fails" {
  depends_on = [terraform_data.function]
  provisioner "local-exec" {
    command = "test -e ${mended}"
  }
}
`,
    );
    const terraform = open();
    expect(await failureOf(terraform.plan({}).then((plan) => terraform.apply(plan, [])))).toMatchObject({
      code: "BEE-E817",
      exit: 7,
      detail: expect.stringContaining("A part of the plan may be applied."),
    });
    expect(running("function")).toEqual(["a"]);
    writeFileSync(mended, "");
    const plan = await terraform.plan({});
    await applyInfrastructure(terraform, plan, {}, ["terraform_data.fails"]);
    expect((await terraform.plan({})).changes).toEqual([]);
  });
});

describe.skipIf(!installed)("the variables of infra", () => {
  const refusals: readonly (readonly [string, Record<string, unknown>, string])[] = [
    [
      "an image by tag",
      { services: { a: { ...service(), image: "registry/one:latest" } } },
      "named by digest",
    ],
    ["a legacy service anew", { services: { "batch-events": service() } }, "verdict"],
    ["another service as legacy", { legacy_services: { calculator: "x" } }, "are legacy services"],
    [
      "a secret in plain sight",
      { services: { a: { ...service(), env: { API_KEY: "x" } } } },
      "readable in the state",
    ],
    ["a bad name", { services: { A_b: service() } }, "lower-case letters"],
    [
      "more instances at least than at most",
      { services: { a: { ...service(), min_instances: 11 } } },
      "max_instances",
    ],
  ];
  it.each(refusals)("refuse %s", async (_, variables, said) => {
    writeFileSync(join(files.dir, "terraform.tfvars.json"), JSON.stringify(variables));
    expect(await failureOf(open().plan({}))).toMatchObject({
      code: "BEE-E814",
      detail: expect.stringContaining(said),
    });
  });

  it("are formatted as terraform does", () => {
    const dir = join(projectDir, "infra");
    expect(execFileSync("terraform", ["fmt", "-check", "-recursive", dir], { encoding: "utf8" })).toBe("");
  });
});
