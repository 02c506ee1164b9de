"""A code table goes out as a file and comes back the same, whatever a system calls its codes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.models import CodeKind
from dossiers.partners import code_files
from dossiers.partners.codebook import Codebook
from portal.core.text import clean_line

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30).map(clean_line)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(CodeKind.values),
            "told": WORDS.filter(bool),
            "ours": st.sampled_from(["1", "9", "1.000001", "H26.00073", ""]),
            "note": WORDS,
        }
    ),
    max_size=6,
)


@given(ENTRIES)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_again(entries: list[dict[str, str]]) -> None:
    text = code_files.as_csv(entries)
    assert [row for _line, row in code_files._from_csv(text.lstrip("\ufeff").strip())] == entries


@given(WORDS.filter(bool))
@settings(max_examples=60, deadline=None)
def test_spaces_around_a_code_mean_nothing(told: str) -> None:
    book = Codebook.of([{"kind": "status", "told": told, "ours": "9", "note": ""}])
    assert book.find("status", f"  {told}  ") == "9"
    assert book.find("procedure", told) == ""


def test_a_formula_behind_a_semicolon_is_none_and_comes_back_as_it_was() -> None:
    told = ["x;=HYPERLINK(1)", "'=1", "''+2", "a; '-3", "＝4"]
    rows = [{"kind": "status", "told": text, "ours": "", "note": ""} for text in told]
    text = code_files.as_csv(rows)
    for divided in text.replace('"', "").replace(",", ";").split(";"):
        assert not divided.strip().startswith(("=", "+", "-", "＝"))
    assert [row["told"] for _line, row in code_files._from_csv(text.lstrip("\ufeff").strip())] == told


@given(WORDS)
@settings(max_examples=60, deadline=None)
def test_no_cell_is_taken_for_a_formula(told: str) -> None:
    row = {"kind": "status", "told": f"={told}", "ours": "", "note": f"@{told}"}
    cells = code_files.as_csv([row]).splitlines()[1]
    assert cells.startswith(("trang_thai,'=", "trang_thai,\"'="))
