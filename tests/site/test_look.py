"""Conventions of templates that no browser would tell: icons exist, nothing inline, nothing fetched from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "results" not in path.parts and "letters" not in path.parts]
FIRST_VIEW_BYTES = 100_000


def _listed_icons() -> set[str]:
    return set((ROOT / "static" / "scss" / "icons.txt").read_text(encoding="utf-8").split())


def test_every_icon_of_a_life_event_is_in_the_sprite():
    text = (ROOT / "procedures" / "reference" / "life_events.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"icon: ([a-z0-9-]+)", text)) <= _listed_icons()


def test_every_icon_that_a_template_names_is_in_the_sprite():
    listed = _listed_icons()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r'components/icon\.html" with name="([a-z0-9-]+)"', text)) | set(
            re.findall(r'\bicon="([a-z0-9-]+)"', text)
        )
        assert named <= listed, f"{path.relative_to(ROOT)}: {named - listed}"


def test_every_icon_of_the_sprite_is_named_somewhere():
    naming = [
        *TEMPLATES,
        ROOT / "procedures" / "reference" / "life_events.yaml",
        *(ROOT / "static" / "js").glob("*.js"),
    ]
    naming += [path for part in ("portal", "dossiers", "datastore", "payments") for path in (ROOT / part).rglob("*.py")]
    words = set(re.findall(r"[a-z0-9-]+", "\n".join(path.read_text(encoding="utf-8") for path in naming)))
    assert _listed_icons() <= words, f"drawn for nobody: {_listed_icons() - words}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_carry_no_inline_code(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)(?![^>]*type=\"application/(?:ld\+)?json\")", text
    )
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


def test_every_table_of_a_page_has_a_caption():
    for path in (path for path in PAGES if path.name != "receipt_pdf.html"):
        text = path.read_text(encoding="utf-8")
        assert text.count("<table") == text.count("<caption"), path


@pytest.mark.django_db
def test_the_first_view_is_light(client):
    """The home page and what it makes a browser fetch at once, as it travels: text compressed, fonts as they are."""
    page = client.get("/").content
    found = re.findall(r'(?:src|href)="/static/([^"#?]+)', page.decode())
    sheet = (ROOT / "static" / "build" / "portal.css").read_text(encoding="utf-8")
    found += [
        f"build/fonts/{name}" for name in re.findall(r"fonts/(be-vietnam-pro-(?:latin|vietnamese)-\d+\.woff2)", sheet)
    ]
    files = {ROOT / "static" / name for name in found}
    assert {"portal.css", "portal.js", "icons.svg", "be-vietnam-pro-latin-600.woff2"} <= {file.name for file in files}
    weight = len(gzip.compress(page, 9))
    for file in files:
        weight += file.stat().st_size if file.suffix == ".woff2" else len(gzip.compress(file.read_bytes(), 9))
    assert weight < FIRST_VIEW_BYTES, weight
