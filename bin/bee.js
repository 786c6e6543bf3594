#!/usr/bin/env node
import { ensureBuilt } from "../scripts/ensure-built.js";

await ensureBuilt();
await import("../dist/main.js");
