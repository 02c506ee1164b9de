"""From template to paper: PDF/A with complete embedded fonts, drawn without any network (kết xuất PDF).

Templates extend `results/paper.html`, the layout of administrative papers of NĐ 30/2020/NĐ-CP annex I.
"""

import atexit
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.css import ColorProfile
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

PDF_VARIANT = "pdf/a-2u"
COLOUR_SPACE = "paper"
STYLE_SHEET = Path(__file__).with_name("paper.css")
FACES = {
    # family: {(weight, style): file}; complete files, since per-subset ones make WeasyPrint print wrong letters
    "Tinos": {
        (400, "normal"): "Tinos-Regular.ttf",
        (400, "italic"): "Tinos-Italic.ttf",
        (700, "normal"): "Tinos-Bold.ttf",
        (700, "italic"): "Tinos-BoldItalic.ttf",
    },
    "Be Vietnam Pro": {
        (400, "normal"): "BeVietnamPro-Regular.ttf",
        (400, "italic"): "BeVietnamPro-Italic.ttf",
        (600, "normal"): "BeVietnamPro-SemiBold.ttf",
        (700, "normal"): "BeVietnamPro-Bold.ttf",
    },
}

# Pango's font maps are not made for several threads, and drawing is bound by one processor anyway.
_drawing = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Press:
    """What is costly to make and the same for every paper of a process."""

    fonts: "FontConfiguration"
    style: "CSS"
    fetcher: "URLFetcher"
    colours: "ColorProfile"


def render_pdf(
    template_name: str, context: dict[str, Any], *, title: str, hide: Callable[[str], str] | None = None
) -> bytes:
    """Draw a template as PDF/A-2u and return its bytes; always in Vietnamese, the language of the paper.

    The template gets `title` besides the context; `hide` masks in the whole text what its reader is not to see. Images
    come as `data:` addresses or from our own static files; anything else is not fetched. Raises FileNotFoundError when
    a font is missing (run `make assets`).
    """
    with translation.override("vi"):
        html = render_to_string(template_name, {**context, "title": title})
    return draw(hide(html) if hide else html)


def draw(html: str) -> bytes:
    """Draw a whole HTML page with the papers' style sheet and return the PDF."""
    from weasyprint import HTML

    with _drawing:
        press = _press(settings.PDF_FONT_DIR)
        page = HTML(string=html, url_fetcher=press.fetcher)
        return page.write_pdf(
            stylesheets=[press.style],
            font_config=press.fonts,
            color_profiles={COLOUR_SPACE: press.colours},
            output_intent=COLOUR_SPACE,
            pdf_variant=PDF_VARIANT,
        )


@lru_cache(maxsize=2)
def _press(font_dir: Path) -> _Press:
    from weasyprint import CSS
    from weasyprint.css import ColorProfile
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    fetcher = _own_files_fetcher((Path(font_dir), *map(Path, settings.STATICFILES_DIRS)))
    text = font_faces(Path(font_dir)) + STYLE_SHEET.read_text(encoding="utf-8")
    atexit.register(_press.cache_clear)  # before the interpreter takes down what its destructor needs
    style = CSS(string=text, font_config=fonts, url_fetcher=fetcher)
    # WeasyPrint's own way to its sRGB profile leaves the file open for every paper.
    profile = (resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
    colours = ColorProfile(io.BytesIO(profile), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
    return _Press(fonts, style, fetcher, colours)


def font_faces(font_dir: Path) -> str:
    """The @font-face rules of the papers; raises FileNotFoundError for a file that is not there."""
    rules = []
    for family, faces in FACES.items():
        for (weight, style), name in faces.items():
            path = font_dir / name
            if not path.exists():
                raise FileNotFoundError(f"font {name} is missing in {font_dir}: run `make assets`")
            rules.append(
                f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
                f' src: url("{path.resolve().as_uri()}"); }}'
            )
    return "\n".join(rules) + "\n"


def _own_files_fetcher(folders: tuple[Path, ...]) -> "URLFetcher":
    from weasyprint.urls import URLFetcher

    roots = tuple(folder.resolve() for folder in folders)

    class OwnFiles(URLFetcher):
        """Fetch `data:` addresses and files below our own folders, nothing else."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> "URLFetcherResponse":
            parts = urlsplit(url)
            if parts.scheme == "file":
                path = Path(unquote(parts.path)).resolve()
                if not any(path.is_relative_to(root) for root in roots):
                    raise ValueError("a paper may only use our own files")
            elif parts.scheme != "data":
                raise ValueError("a paper is drawn without any network")
            return super().fetch(url, headers)

    return OwnFiles(allowed_protocols=("data", "file"), allow_redirects=False)
