"""What annex I of NĐ 30/2020/NĐ-CP asks of a paper's page, read from the finished PDF."""

from tests.printed import Letter, Place, Printed

A4 = (210.0, 297.0)
LEFT, RIGHT, TOP, BOTTOM = 30, 210 - 15, 20, 297 - 22
"""Where words may stand, in mm: annex I leaves 30 to 35 left, 15 to 20 right, 20 to 25 above and below."""
BESIDE_QR = 46
COUNTRY, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
REGULAR, BOLD, ITALIC = "Tinos", "Tinos-Bold", "Tinos-Italic"
CLOSE = 0.6
"""Millimetres by which what is centred may be off."""


def holds(
    pdf: bytes, *, agency: str, title: str, day: str, number: str = "", place: str = "", parent: str = ""
) -> Printed:
    """Assert that head, title, margins and page numbers are as the annex says; return the pages."""
    printed = Printed(pdf)
    assert set(printed.sizes) == {A4}
    country, motto = printed.find(COUNTRY), printed.find(MOTTO)
    _is(country, 12, 13, BOLD, lines=1)
    _is(motto, 13, 14, BOLD, lines=1)
    assert motto.top > country.bottom and abs(motto.middle - country.middle) < CLOSE
    own = printed.find(agency.upper())
    _is(own, 12, 13, BOLD)
    assert own.right < country.left, "the agency stands on the left of the state"
    if parent:
        above = printed.find(parent.upper())
        _is(above, 12, 13, REGULAR)
        assert above.bottom < own.top and abs(above.middle - own.middle) < CLOSE
    if number:
        numbered = printed.find(f"Số: {number}")
        _is(numbered, 13, 13, REGULAR)
        assert numbered.top > own.bottom and numbered.right < country.left
        assert abs(numbered.middle - own.middle) < CLOSE
    if day:
        dated = printed.find(f"{place}, {day}" if place else day)
        _is(dated, 13, 14, ITALIC)
        _is(printed.find(day), 13, 14, ITALIC, lines=1)
        assert dated.top > motto.bottom and abs(dated.middle - country.middle) < CLOSE
    named = printed.find(title.upper())
    _is(named, 13, 14, BOLD)
    assert named.top > max(own.bottom, motto.bottom) and abs(named.middle - (LEFT + RIGHT) / 2) < CLOSE
    _margins(printed, named)
    return printed


def words_of(printed: Printed, *, after: str, before: str) -> list[Letter]:
    """The letters of what the paper says, between two places; before the list of receivers, where it has one."""
    try:
        last = printed.find("Nơi nhận:")
    except ValueError:
        last = printed.find(before)
    first = printed.find(after)
    return printed.letters[printed.letters.index(first.letters[-1]) + 1 : printed.letters.index(last.letters[0])]


def _is(place: Place, least: float, most: float, face: str, *, lines: int = 0) -> None:
    said = "".join(letter.text for letter in place.letters)
    assert least <= place.size_pt <= most, f"{said}: {place.size_pt} pt"
    assert place.face == face, f"{said}: {place.face}"
    assert lines in {0, place.lines}, f"{said}: {place.lines} lines"


def _margins(printed: Printed, title: Place) -> None:
    for page in range(len(printed.sizes)):
        above = [letter for letter in printed.letters if letter.page == page and letter.bottom < TOP]
        if page:
            number = Place(tuple(above))
            assert "".join(letter.text for letter in above) == str(page + 1)
            _is(number, 13, 14, REGULAR)
            assert abs(number.middle - (LEFT + RIGHT) / 2) < CLOSE
        else:
            assert not above, "the first page has no number"
    for letter in printed.letters:
        is_head = letter.page == 0 and letter.bottom < title.top
        assert letter.left >= (BESIDE_QR if is_head and letter.left < LEFT + 20 else LEFT) - 0.2, letter
        assert letter.right <= RIGHT + 0.2 and letter.bottom <= BOTTOM + 0.2, letter
