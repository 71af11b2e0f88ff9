#!/bin/sh
# Builds the vendored style sheet and verifier (crates/nhipcau/assets) from their sources here. Needs Node 20.19 or
# newer; npm installs exactly what package-lock.json names.
set -eu
cd "$(dirname "$0")"
npm ci --no-audit --no-fund
node build.mjs
node --test
node -e '
  const { readFileSync } = require("fs"), { brotliCompressSync, gzipSync } = require("zlib");
  for (const name of ["nhipcau.css", "desk.css", "verify.js", "passkey.js"]) {
    const bytes = readFileSync("../crates/nhipcau/assets/" + name);
    console.log(name, bytes.length, "bytes; gzip", gzipSync(bytes, { level: 9 }).length, "brotli", brotliCompressSync(bytes).length);
  }'
