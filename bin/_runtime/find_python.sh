# Sets $python to the first Python that is new enough; sourced by bin/run and bin/test.
# The venv's own Python comes first: it is the one the packages were installed for.
python=
for candidate in "$here/../.venv/bin/python" python3 python3.13 python3.12 python3.11 python3.14 \
  /opt/homebrew/bin/python3 /usr/local/bin/python3; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "  No Python ≥ 3.11 here: installing python3 and python3-venv …"
  apt-get -qq update >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends python3 python3-venv >/dev/null 2>&1 || true
  if python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=python3
  fi
fi
if [ -z "$python" ]; then
  echo "  ✗ The portal needs Python 3.11 or newer. On Debian or Ubuntu: sudo apt-get install -y python3 python3-venv" >&2
  echo "    On macOS: brew install python" >&2
  exit 1
fi
