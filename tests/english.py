"""What a page under /en/ still says in Vietnamese: words with letters of its alphabet that are not marked as such."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
SPOKEN = ("aria-label", "aria-description", "title", "alt", "placeholder", "content")
"""Attributes that are read out, shown, or taken for a page's description."""
UNSEEN = {"script", "style", "template", "textarea"}
"""What nobody sees, and what somebody types."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    """Collects text and spoken attributes, each with the language of the element that it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.within: list[tuple[str, str]] = [("", "")]
        self.said: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        language = told.get("lang", self.within[-1][1])
        spoken = [*SPOKEN, "value"] if told.get("type") in {"submit", "button"} else SPOKEN
        self.said += [(told[name], language) for name in spoken if name in told]
        if tag not in VOID:
            self.within.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == name for name, _language in self.within):
            while self.within.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag, language = self.within[-1]
        if tag not in UNSEEN:
            self.said.append((data, language))


def left_in_vietnamese(html: str) -> Iterator[str]:
    """Each run of words that is read out as English and has letters of Vietnamese."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for words, language in reader.said:
        if VIETNAMESE.search(words) and not language.startswith("vi"):
            yield " ".join(words.split())


def marked_as_vietnamese(html: str) -> Iterator[str]:
    """Each run of words that is read out as Vietnamese on purpose."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for words, language in reader.said:
        if language.startswith("vi") and words.strip():
            yield " ".join(words.split())


def is_vietnamese(words: str, names: Iterable[re.Pattern[str]]) -> bool:
    """Whether words have letters of Vietnamese once these names are taken out of them, one after the other."""
    for name in names:
        words = name.sub("", words)
    return bool(VIETNAMESE.search(words))
