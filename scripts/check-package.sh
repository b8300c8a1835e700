#!/usr/bin/env bash
# Installs the packed tarball into an empty folder, as a user would, and checks what the package promises: what is in it,
# how little it brings along, `import`, `require` and types, a job from enqueue to its end, and a global install.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "check-package: $*" >&2
  exit 1
}

# Compiling the native module takes minutes where no compiled one can be downloaded: take the one that this folder has.
addon=better-sqlite3/build/Release/better_sqlite3.node
install() {
  npm install --silent --ignore-scripts "$@" "$tarball"
}

cd "$root"
tarball=$folder/$(npm pack --silent --pack-destination "$folder" | tail -n 1)

echo "contents"
tar -tzf "$tarball" >"$folder/contents"
for file in README.md LICENSE CHANGELOG.md docs/commands.md docs/recipes.md examples/demo.js examples/systemd/queuectl.service \
  man/queuectl.1 dist/THIRD-PARTY.txt dist/queuectl.js dist/worker.js dist/index.js dist/index.mjs dist/index.d.ts; do
  grep -qx "package/$file" "$folder/contents" || fail "the tarball has no $file"
done
! grep -E '/(src|tests|node_modules|dist-faults|\.cache)/' "$folder/contents" || fail "the tarball has files for development only"

echo "installation"
mkdir "$folder/app"
cd "$folder/app"
npm init --yes >/dev/null
install
count=$(npm ls --all --parseable | tail -n +2 | wc -l)
echo "  $count packages, $(du -sh node_modules | cut -f1) without the compiled native module"
[ "$count" -le 42 ] || fail "it installs $count packages, at most 42 are promised"
mkdir -p "node_modules/$(dirname "$addon")"
cp "$root/node_modules/$addon" "node_modules/$addon"

echo "import and require"
cat >both.mjs <<'END'
import { createRequire } from "node:module";
import * as imported from "queuectl";
const required = createRequire(import.meta.url)("queuectl");
const names = Object.keys(required);
const isSame = names.length > 0 && names.every((name) => required[name] === imported[name]);
if (!isSame) throw new Error("import and require give different things");
END
node both.mjs

echo "types"
types=node_modules/queuectl/dist/index.d.ts
! grep -nE "(from|import|require\(|import\() *['\"]|reference " "$types" | grep -vE "['\"]node:|lib=" ||
  fail "index.d.ts needs another package"
declared=$(sed -nE 's/^(declare )?(abstract )?(class|interface|type) ([A-Za-z0-9_$]+).*/\4/p' "$types" | sort -u)
exported=$(sed -nE 's/^export (type )?\{(.*)\};$/\2/p' "$types" | tr -d ' ' | tr , '\n' | sort -u)
[ -n "$declared" ] || fail "index.d.ts declares nothing that this check recognizes"
missing=$(comm -23 <(echo "$declared") <(echo "$exported") | xargs)
[ -z "$missing" ] || fail "index.d.ts names types that it does not export: $missing"
cat >consumer.mts <<'END'
import { ConflictError, type JobSpec, type QueuectlError } from "queuectl";

export const job: JobSpec = { command: "true" };
export const error: QueuectlError = new ConflictError("", "");
// @ts-expect-error a key that jobs do not have
export const wrong: JobSpec = { command: "true", comand: "true" };
END
cat >consumer.cts <<'END'
import queuectl = require("queuectl");

export const job: queuectl.JobSpec = { command: "true" };
export const error: queuectl.QueuectlError = new queuectl.ConflictError("", "");
// @ts-expect-error a key that jobs do not have
export const wrong: queuectl.JobSpec = { command: "true", comand: "true" };
END
node "$root/node_modules/typescript/bin/tsc" --noEmit --strict --target es2022 --module nodenext --skipLibCheck false \
  --types node --typeRoots "$root/node_modules/@types" consumer.mts consumer.cts

echo "a job"
export QUEUECTL_HOME="$folder/home"
version=$(node -p 'require("queuectl/package.json").version')
npx queuectl --version | grep -qF "$version"
npx queuectl enqueue '{"id":"packed","command":"echo it works"}'
npx queuectl worker start --drain
npx queuectl logs packed | grep -qx 'it works'
node --input-type=module -e 'import { Client } from "queuectl"; const c = await Client.open(); console.log((await c.jobs.get("packed")).state); await c.close();' | grep -x completed
npx queuectl status --json | grep -qE '"completed": ?1\b' || fail "status does not count the completed job"

echo "global installation"
install --global --prefix "$folder/prefix"
"$folder/prefix/bin/queuectl" --version | grep -qF "$version"
[ -f "$folder/prefix/share/man/man1/queuectl.1" ] || fail "the manual page is not linked"
echo "the package installs and runs"
