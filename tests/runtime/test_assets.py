"""Several commands that find static/build stale at once: one builds, and what stands there afterwards is whole."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from _runtime import assets, node

AT_ONCE = 3


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Builds go to a folder of the test's own; each notes where it compiled, and that nobody emptied it meanwhile."""
    modules, built = tmp_path / "node_modules", tmp_path / "static" / "build"
    modules.mkdir()
    built.parent.mkdir()
    for package in assets.NODE_MODULES.iterdir():
        if not package.name.startswith(".portal-build"):
            (modules / package.name).symlink_to(package)
    monkeypatch.setattr(assets, "NODE_MODULES", modules)
    monkeypatch.setattr(assets, "STATIC_BUILD", built)
    places: list[Path] = []

    def compile_styles(engine: node.Node, target: Path) -> None:
        assert (target / "icons.svg").exists(), "another build emptied the folder of this one"
        (target / "portal.css").write_text("p{}")
        places.append(target)

    monkeypatch.setattr(assets, "_compile_styles", compile_styles)
    return places


@pytest.mark.parametrize("force", [False, True])
def test_builds_at_once_leave_it_whole(compiled: list[Path], force: bool) -> None:
    together = Barrier(AT_ONCE)

    def build(_number: int) -> bool:
        together.wait(timeout=30)
        return assets.build(force=force)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        built = list(pool.map(build, range(AT_ONCE)))
    assert built.count(True) == len(compiled) == (AT_ONCE if force else 1)
    missing = [
        name
        for name in (*assets.COPIES.values(), "icons.svg", "LICENCES.txt", "portal.css", "portal.css.gz", assets.STAMP)
        if not (assets.STATIC_BUILD / name).is_file()
    ]
    assert not missing
    assert not assets.build(), "the stamp does not hold"
    assert not list(assets.NODE_MODULES.glob(".portal-build*")), "left over"


def test_folder_of_a_killed_build_is_cleared(compiled: list[Path]) -> None:
    left = assets.NODE_MODULES / ".portal-build-killed" / "new"
    left.mkdir(parents=True)
    assert assets.build()
    assert not left.exists()
