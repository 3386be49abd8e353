#!/usr/bin/env node
// Starts the binary of this platform's package. Nothing is downloaded.
"use strict";

const { spawn } = require("node:child_process");

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

const child = spawn(binary(), process.argv.slice(2), { stdio: "inherit" });

// what is to end the launcher ends the binary, which finishes the file at hand; then the launcher ends as it did
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of signals) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`privlint: ${error.message}`);
  process.exit(2);
});
child.on("exit", (code, signal) => {
  if (signal === null) {
    process.exit(code);
  }
  signals.forEach((name) => process.removeAllListeners(name));
  process.kill(process.pid, signal);
});
