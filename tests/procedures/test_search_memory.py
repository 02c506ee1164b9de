"""The index of a large catalogue is renewed beside the requests: nobody waits, a failure costs nothing but time."""

import threading

import pytest
from django.core.cache import cache
from structlog.testing import capture_logs

from procedures import search, search_memory
from procedures.searching.documents import Document
from procedures.searching.lexicon import lexicon
from procedures.searching.postings import build
from tests.procedures.national_records import record


def made(*names):
    """An index of procedures with these names."""
    rows = [Document(number, number, f"1.90000{number}", name) for number, name in enumerate(names)]
    return build(rows, lexicon())


OLD, NEW = made("Cấp thẻ rồng", "Đổi thẻ rồng"), made("Cấp thẻ phượng", "Đổi thẻ phượng", "Trả thẻ phượng")


class Catalogue:
    """What the database and the clock of editions say; reading waits until the test lets it go on."""

    def __init__(self):
        self.edition, self.found, self.reads = "a", OLD, 0
        self.gate = threading.Event()
        self.gate.set()

    def load(self, _edition):
        self.reads += 1
        assert self.gate.wait(20)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def settle(self):
        """Let a renewal that is under way end."""
        self.gate.set()
        if search_memory._renewing is not None:
            search_memory._renewing.join(20)


@pytest.fixture
def catalogue(monkeypatch):
    told = Catalogue()
    monkeypatch.setattr(search_memory, "SMALL", 1)
    monkeypatch.setattr(search_memory, "_held", None)
    monkeypatch.setattr(search_memory, "_renewing", None)
    monkeypatch.setattr(search_memory, "_load", told.load)
    monkeypatch.setattr(search_memory.publication, "edition_or_none", lambda: told.edition)
    yield told
    told.settle()


def test_the_index_before_serves_while_the_new_one_is_made(catalogue):
    assert search_memory.index() is OLD
    catalogue.edition, catalogue.found = "b", NEW
    catalogue.gate.clear()
    assert [search_memory.index() for _time in range(5)] == [OLD] * 5
    assert catalogue.reads == 2, "one renewal, however many ask"
    catalogue.settle()
    assert search_memory.index() is NEW
    assert catalogue.reads == 2


def test_a_renewal_that_fails_keeps_the_index_before_and_is_tried_again(catalogue):
    search_memory.index()
    catalogue.edition, catalogue.found = "b", RuntimeError("the database went away")
    with capture_logs() as logs:
        assert search_memory.index() is OLD
        catalogue.settle()
    assert [line["event"] for line in logs] == ["search_index_not_renewed"]
    catalogue.found = NEW
    assert search_memory.index() is OLD
    catalogue.settle()
    assert search_memory.index() is NEW


def test_without_an_edition_the_index_that_is_there_goes_on(catalogue):
    search_memory.index()
    catalogue.edition, catalogue.found = None, NEW
    assert search_memory.index() is OLD and catalogue.reads == 1


def test_a_small_catalogue_is_indexed_at_once(catalogue, monkeypatch):
    search_memory.index()
    monkeypatch.setattr(search_memory, "SMALL", 500)
    catalogue.edition, catalogue.found = "b", NEW
    assert search_memory.index() is NEW


def key(shape):
    return f"procedures:search:{shape}:{lexicon().edition}:an-edition"


@pytest.fixture
def read(monkeypatch):
    """The documents of the database, and how often they were read."""
    reads = []
    monkeypatch.setattr(search_memory, "SMALL", 1)
    monkeypatch.setattr(search_memory, "read_documents", lambda: reads.append(1) or list(NEW.documents))
    cache.clear()
    yield reads
    cache.clear()


def test_another_process_takes_what_was_shared(read):
    first = search_memory._load("an-edition")
    again = search_memory._load("an-edition")
    assert [each.name for each in again.documents] == [each.name for each in first.documents]
    assert len(read) == 1
    search_memory._load("another-edition")
    assert len(read) == 2


@pytest.mark.parametrize("shared", ["text", {"documents": []}, None])
def test_what_another_release_shared_is_not_taken(read, shared):
    cache.set(key("of-another-release"), OLD)
    cache.set(key(search_memory.SHAPE), shared)
    assert [each.name for each in search_memory._load("an-edition").documents] == [each.name for each in NEW.documents]
    assert len(read) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["1.014955-Xoa", "thủ tục 1.014955-Xoa", "1.014955-xoa"])
def test_a_code_with_a_mark_too_many_is_found_whole(import_records, words):
    import_records(record("1.014955-Xoa"), record("1.014955", name="Cấp thẻ phượng"), record("1.014956"))
    assert [hit.code for hit in search.search(words).hits] == ["1.014955-Xoa"]
    assert [hit.code for hit in search.search("1.014955").hits] == ["1.014955"]


@pytest.mark.django_db
def test_a_code_is_found_by_its_usual_part_where_no_other_has_that(import_records):
    import_records(record("1.014955-Xoa"), record("1.014956"))
    assert [hit.code for hit in search.search("1.014955").hits] == ["1.014955-Xoa"]
