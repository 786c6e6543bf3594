import * as z from "zod";

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "letters, digits and underscores");

/** What runs a load test's shards. */
const loadtest = z.strictObject({
  /** Node.js 20 or later; by digest, so that what runs is what was looked at. */
  image: z
    .string()
    .regex(/^[\w./:-]+@sha256:[0-9a-f]{64}$/, "an image of Node.js 20 or later by its digest: …@sha256:…"),
  /** Where shards find what to do and leave what they saw; for load tests alone, and private. */
  bucket: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, "a bucket's name"),
  /** Needs nothing but that bucket. */
  serviceAccount: z.string().regex(/^[\w.-]+@[\w.-]+$/, "a service account's address"),
  job: z
    .string()
    .regex(/^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/, "a Cloud Run job's name")
    .default("bee-loadtest"),
  /** Of each shard, which uses one. */
  cpu: z.int().min(1).max(8).default(1),
  memoryMiB: z.int().min(512).max(32_768).default(1024),
  /** Seconds that containers have to start in before all begin at once. */
  startAfter: z.int().min(1).max(240).default(90),
});

/** Google Cloud beside the Supabase project. Credentials come from the environment alone. */
const gcp = z.strictObject({
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "a project id: 6 to 30 lower-case letters, digits and dashes"),
  region: z.string().regex(/^[a-z]+-[a-z]+[0-9]+$/, "a region such as us-central1"),
  /** Cloud Run services that belong to the app: `bee rollback infra` moves their traffic. */
  services: z
    .array(z.string().regex(/^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/, "a Cloud Run service's name"))
    .refine((names) => new Set(names).size === names.length, "a service is listed twice")
    .default([]),
  loadtest: loadtest.optional(),
});

/** Never the real cloud: a local deploy must not touch what others use. */
const localGcp = gcp.extend({
  apiEndpoint: z
    .string()
    .regex(/^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+\/?$/, "http on loopback, with its port"),
});

const infra = z.strictObject({
  /** Folder of the terraform configuration, from the project's root. */
  dir: z.string().min(1).default("infra"),
  /** Settings that its backend block leaves open, such as the bucket. */
  backend: z.record(z.string().regex(/^[a-z_]+$/), z.string()).default({}),
});

const hostedTarget = z.strictObject({
  /** The project ref: 20 lower-case letters. May come from BEE_<TARGET>_REF instead. */
  ref: z
    .string()
    .regex(/^[a-z]{20}$/, "20 lower-case letters, as in the project's URL")
    .optional(),
  /** Production asks for the ref before it writes. */
  protected: z.boolean().default(true),
  /** Management API; changed only for tests and self-hosted control planes. */
  apiUrl: z.url({ protocol: /^https?$/ }).default("https://api.supabase.com"),
  /** Public URL of the project; `https://<ref>.supabase.co` unless it has a domain of its own. */
  url: z.url({ protocol: /^https?$/ }).optional(),
  gcp: gcp.optional(),
  infra: infra.optional(),
});

/** How gates call a function. */
const functionProbe = z.strictObject({
  path: z
    .string()
    .regex(/^(\/[\w./-]*)?$/, "empty, or a path that starts with /")
    .default(""),
  caller: z.enum(["user", "service"]).default("user"),
  body: z.record(z.string(), z.unknown()),
  optional: z.array(z.string()).default([]),
  burst: z.int().min(1).max(2000).default(100),
});

/** bee.config.yaml. */
export const configSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string().min(1).max(63),
  /** Functions to deploy, by folder name; absent = every folder below supabase/functions with an index.ts. */
  functions: z.array(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/)).optional(),
  secrets: z
    .array(
      z.strictObject({
        name,
        /** Targets that must have it. */
        requiredOn: z.array(z.enum(["local", "staging", "production"])).default(["staging", "production"]),
        /** What it is, shown when it is missing. */
        about: z.string().optional(),
        /** Value on the local platform when no file gives one; nothing that is secret. */
        local: z.string().optional(),
      }),
    )
    .default([]),
  /** What gates may try with. */
  probe: z
    .strictObject({
      rows: z
        .array(z.strictObject({ table: z.string().min(1), values: z.record(z.string(), z.unknown()) }))
        .default([]),
      functions: z.record(z.string(), functionProbe).default({}),
    })
    .default({ rows: [], functions: {} }),
  /** What `bee verify rls` cannot find out by itself. */
  access: z
    .strictObject({
      owners: z.record(z.string().min(1), z.string().min(1)).default({}),
      tenants: z.record(z.string().min(1), z.string().min(1)).default({}),
      public: z.array(z.string().min(1)).default([]),
    })
    .default({ owners: {}, tenants: {}, public: [] }),
  /** Copies of the tables that migrations touch, taken before them. */
  snapshots: z
    .strictObject({
      take: z.enum(["auto", "always", "never"]).default("auto"),
      /** Larger tables are not copied: the deploy is refused. */
      maxMiB: z.number().int().min(1).default(1024),
    })
    .default({ take: "auto", maxMiB: 1024 }),
  /** Dumps of the app's schemas by pg_dump, taken before migrations. */
  dumps: z
    .strictObject({
      take: z.enum(["auto", "always", "never"]).default("auto"),
      /** Larger databases are not dumped: `always` refuses the deploy. */
      maxMiB: z.number().int().min(1).default(1024),
    })
    .default({ take: "auto", maxMiB: 1024 }),
  targets: z
    .strictObject({
      local: z.strictObject({ gcp: localGcp.optional(), infra: infra.optional() }).optional(),
      staging: hostedTarget.optional(),
      production: hostedTarget.optional(),
    })
    .default({}),
});

export type Config = z.infer<typeof configSchema>;
export type HostedTarget = z.infer<typeof hostedTarget>;

export const targetNames = ["local", "staging", "production"] as const;
export type TargetName = (typeof targetNames)[number];
