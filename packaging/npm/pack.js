#!/usr/bin/env node
// Makes the packages of a release from its archives: one for each platform, and the launcher.
//   node pack.js VERSION FOLDER-WITH-ARCHIVES FOLDER-FOR-PACKAGES
// A platform whose archive is not there is left out of the launcher, and that is said.
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const [version, archives, out] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+/.test(version ?? "") || !archives || !out) {
  console.error("usage: node pack.js VERSION FOLDER-WITH-ARCHIVES FOLDER-FOR-PACKAGES");
  process.exit(2);
}

// static binaries on Linux: they run whatever the C library is
const targets = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
  "win32-x64": "x86_64-pc-windows-msvc",
};

const launcher = JSON.parse(fs.readFileSync(path.join(__dirname, "package.json"), "utf8"));
const write = (folder, about) =>
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(about, null, 2) + "\n");

launcher.version = version;
launcher.optionalDependencies = {};
for (const [platform, target] of Object.entries(targets)) {
  const archive = path.join(archives, `privlint-${target}.tar.gz`);
  if (!fs.existsSync(archive)) {
    console.error(`left out: ${platform}: there is no ${archive}`);
    continue;
  }
  const [os, cpu] = platform.split("-");
  const file = os === "win32" ? "privlint.exe" : "privlint";
  const folder = path.join(out, platform);
  fs.mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", archive, "-C", folder, "--strip-components=1", `privlint-${target}/${file}`]);
  fs.chmodSync(path.join(folder, file), 0o755);
  const { description, license, repository } = launcher;
  const name = `@privlint/${platform}`;
  write(folder, { name, version, description, license, repository, os: [os], cpu: [cpu], files: [file] });
  launcher.optionalDependencies[name] = version;
}
const folder = path.join(out, "privlint");
fs.mkdirSync(folder, { recursive: true });
for (const file of launcher.files) {
  fs.copyFileSync(path.join(__dirname, file), path.join(folder, file));
}
write(folder, launcher);
