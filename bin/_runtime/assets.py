"""Build static/build: style sheets, scripts, icons and fonts, from npm packages by lock file (before the venv).

portal.css, backoffice.css    compiled from static/scss/{portal,backoffice}.scss, which may
                              @use "govuk-frontend/dist/govuk"
icons.svg                     a sprite of the lucide icons named in static/scss/icons.txt: <use href="…#icon-NAME">
*.min.js                      govuk-frontend, htmx, qr-scanner as published
fonts/                        small woff2 subsets for browsers, complete TTF files for PDFs
LICENCES.txt                  the licence of everything above
"""

import difflib
import gzip
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from _runtime import console, digest, lock, node
from _runtime.paths import NODE_MODULES, ROOT, STATIC_BUILD, var_dir

SCSS = ROOT / "static" / "scss"
ENTRIES = ("portal", "backoffice")
ICONS = SCSS / "icons.txt"
STAMP = ".stamp"
_BESIDE = ".portal-build"

_BE_VIETNAM = "@expo-google-fonts/be-vietnam-pro"
_TINOS = "@expo-google-fonts/tinos"
COPIES = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "qr-scanner/qr-scanner.min.js": "qr-scanner.min.js",
    "qr-scanner/qr-scanner-worker.min.js": "qr-scanner-worker.min.js",
    # Complete files: per-subset files make WeasyPrint draw wrong Vietnamese letters.
    f"{_BE_VIETNAM}/400Regular/BeVietnamPro_400Regular.ttf": "fonts/BeVietnamPro-Regular.ttf",
    f"{_BE_VIETNAM}/400Regular_Italic/BeVietnamPro_400Regular_Italic.ttf": "fonts/BeVietnamPro-Italic.ttf",
    f"{_BE_VIETNAM}/600SemiBold/BeVietnamPro_600SemiBold.ttf": "fonts/BeVietnamPro-SemiBold.ttf",
    f"{_BE_VIETNAM}/700Bold/BeVietnamPro_700Bold.ttf": "fonts/BeVietnamPro-Bold.ttf",
    f"{_TINOS}/400Regular/Tinos_400Regular.ttf": "fonts/Tinos-Regular.ttf",
    f"{_TINOS}/400Regular_Italic/Tinos_400Regular_Italic.ttf": "fonts/Tinos-Italic.ttf",
    f"{_TINOS}/700Bold/Tinos_700Bold.ttf": "fonts/Tinos-Bold.ttf",
    f"{_TINOS}/700Bold_Italic/Tinos_700Bold_Italic.ttf": "fonts/Tinos-BoldItalic.ttf",
} | {
    f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{subset}-{weight}-normal.woff2": (
        f"fonts/be-vietnam-pro-{subset}-{weight}.woff2"
    )
    for subset in ("vietnamese", "latin", "latin-ext")
    for weight in (400, 600)
}


COMPRESSED = frozenset({".css", ".js", ".svg"})


def build(*, force: bool = False) -> bool:
    """Bring static/build up to date; return whether anything had to be done."""
    if not force and _is_current():
        return False
    # `bin/run`, `bin/test` and `make assets` may all find it stale at once: the first builds, the others find it done.
    with lock.setting_up(STATIC_BUILD.parent):
        if not force and _is_current():
            return False
        engine = node.find_node()
        _install_packages(engine)
        with console.step("Building browser assets into static/build"):
            _build_beside(engine)
    return True


def _build_beside(engine: node.Node) -> None:
    """Build in a new folder and rename it into place, so that a server never reads half of it."""
    for left in NODE_MODULES.glob(f"{_BESIDE}*"):  # by a build that was killed; ours is the only one now
        shutil.rmtree(left, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(prefix=_BESIDE, dir=NODE_MODULES))
    fresh, old = beside / "new", beside / "old"
    fresh.mkdir()
    wanted = _digest()  # before anything is read: a source changed meanwhile is seen by the next build
    _copy_files(fresh)
    _write_sprite(fresh / "icons.svg")
    _write_licences(fresh / "LICENCES.txt")
    _compile_styles(engine, fresh)
    _compress(fresh)
    digest.write_stamp(fresh / STAMP, wanted)
    if STATIC_BUILD.exists():
        STATIC_BUILD.rename(old)
    fresh.rename(STATIC_BUILD)
    shutil.rmtree(beside, ignore_errors=True)


def _is_current() -> bool:
    return digest.is_current(STATIC_BUILD / STAMP, _digest())


def _digest() -> str:
    sources = [ROOT / "package-lock.json", Path(__file__), *SCSS.glob("**/*.scss")]
    return digest.digest_of(sources + ([ICONS] if ICONS.exists() else []))


def _install_packages(engine: node.Node) -> None:
    wanted = digest.digest_of([ROOT / "package-lock.json"])
    stamp = NODE_MODULES / ".portal-stamp"
    if digest.is_current(stamp, wanted):
        return
    with console.step("Fetching browser libraries and fonts from npm by package-lock.json"):
        command = [
            *engine.npm,
            "ci",
            "--ignore-scripts",
            "--omit=optional",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--loglevel=error",
        ]
        _call(command, engine, "npm could not fetch the packages; is the npm registry reachable from here?")
    digest.write_stamp(stamp, wanted)


def _copy_files(target: Path) -> None:
    for source, name in COPIES.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # A source map is not shipped, so the line that asks for one would only be a 404.
        if path.suffix == ".js":
            text = (NODE_MODULES / source).read_text(encoding="utf-8")
            path.write_text(re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", text), encoding="utf-8")
        else:
            shutil.copyfile(NODE_MODULES / source, path)


def _icon_names() -> list[str]:
    if not ICONS.exists():
        return []
    lines = (line.partition("#")[0].strip() for line in ICONS.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line})


def _write_sprite(path: Path) -> None:
    folder = NODE_MODULES / "lucide-static" / "icons"
    symbols = []
    for name in _icon_names():
        source = folder / f"{name}.svg"
        if not source.exists():
            known = [item.stem for item in folder.glob("*.svg")]
            near = ", ".join(difflib.get_close_matches(name, known, n=3)) or "none near"
            raise console.SetupError(f"static/scss/icons.txt: lucide has no icon '{name}' (did you mean: {near}?)")
        drawing = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(encoding="utf-8"), re.S)
        shapes = re.sub(r"\s*\n\s*", "", drawing[1]) if drawing else ""
        symbols.append(
            f'<symbol id="icon-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
            f' stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
        )
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n", encoding="utf-8")


def _write_licences(path: Path) -> None:
    packages = sorted({_package_of(source) for source in COPIES} | {"lucide-static"})
    parts = []
    for package in packages:
        for licence in sorted((NODE_MODULES / package).glob("LICENSE*")):
            text = licence.read_text(encoding="utf-8").strip()
            parts.append(f"{package} ({licence.name})\n{'=' * 72}\n{text}\n")
    path.write_text("\n\n".join(parts), encoding="utf-8")


def _package_of(source: str) -> str:
    parts = source.split("/")
    return "/".join(parts[:2]) if source.startswith("@") else parts[0]


def _compile_styles(engine: node.Node, target: Path) -> None:
    pairs = [f"{SCSS / name}.scss:{target / name}.css" for name in ENTRIES if (SCSS / f"{name}.scss").exists()]
    if not pairs:
        return
    options = [
        "--style=compressed",
        "--no-source-map",
        "--quiet-deps",
        f"--load-path={NODE_MODULES}",
        f"--load-path={SCSS}",
    ]
    _call(
        [*engine.node, str(NODE_MODULES / "sass" / "sass.js"), *options, *pairs],
        engine,
        "Sass found an error, see above.",
    )


def _compress(target: Path) -> None:
    """Lay a compressed copy beside each text file; the web process sends it to browsers that take it."""
    for path in sorted(target.rglob("*")):
        if path.suffix in COMPRESSED:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _call(command: list[str], engine: node.Node, failure: str) -> None:
    # npm and its helpers look for `node` on PATH; the wheel's is not there by itself.
    path = os.pathsep.join([str(Path(engine.node[0]).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "npm_config_cache": str(node.npm_cache(var_dir()))}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise console.SetupError(failure)
