#!/usr/bin/env node
"use strict";
const { ensureBuilt } = require("../scripts/ensure-built.cjs");

const asks =
  process.argv.length < 3 || process.argv.some((one) => /^(--help|-h|help|--version|-V)$/.test(one));

// CommonJS up to the command itself: Node's loader of ES modules takes 10 ms to start, which --help need not wait for.
ensureBuilt({ quick: asks }).then(() => require("../dist/main.cjs"));
