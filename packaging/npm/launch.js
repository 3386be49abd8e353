#!/usr/bin/env node
// Starts the binary of this platform's package. Nothing is downloaded.
"use strict";

const { spawnSync } = require("node:child_process");

function binary() {
  const name = `@privlint/${process.platform}-${process.arch}`;
  const file = process.platform === "win32" ? "privlint.exe" : "privlint";
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    console.error(`privlint: there is no package ${name}; see https://github.com/privlint/privlint for other ways`);
    process.exit(2);
  }
}

const done = spawnSync(binary(), process.argv.slice(2), { stdio: "inherit" });
if (done.error) {
  console.error(`privlint: ${done.error.message}`);
}
process.exit(done.status ?? 2);
