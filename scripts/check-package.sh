#!/usr/bin/env bash
# Installs the packed tarball into an empty folder, as a user would, and runs one job with it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cd "$root"
tarball=$(npm pack --silent --pack-destination "$folder" | tail -n 1)
cd "$folder"
npm init --yes >/dev/null
npm install --silent "./$tarball"
export QUEUECTL_HOME="$folder/home"
npx queuectl --version
npx queuectl enqueue '{"id":"packed","command":"echo it works"}'
npx queuectl worker start --once
npx queuectl logs packed | grep -x 'it works'
node --input-type=module -e 'import { Client } from "queuectl"; const q = await Client.open(); console.log((await q.get("packed")).state); await q.close();' | grep -x completed
echo "the package installs and runs"
