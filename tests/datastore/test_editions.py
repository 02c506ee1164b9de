"""Which of two papers of one kind, and which edition: the list and the page tell them apart."""

import pytest
from django.urls import reverse

from datastore import pages, services
from datastore.models import Document, DocumentStatus

pytestmark = pytest.mark.django_db


def test_two_papers_of_one_kind_say_whose_they_are(browser, deposit):
    for name in ("Nguyễn Minh An", "Nguyễn Minh Bình"):
        deposit(about=name)
    page = browser.get(reverse("datastore:list")).content.decode()
    assert "Nguyễn Minh An" in page and "Nguyễn Minh Bình" in page
    found = browser.get(reverse("datastore:list") + "?q=minh binh").content.decode()
    assert "Nguyễn Minh Bình" in found and "Nguyễn Minh An" not in found


def test_the_form_asks_whose_it_is(browser, citizen, upload_type, pdf):
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {"file": SimpleUploadedFile("a.pdf", pdf()), "type": upload_type.code, "about": " Nguyễn  Minh An "}
    browser.post(reverse("datastore:upload"), sent)
    document = Document.objects.get(owner=citizen)
    assert document.about_name == "Nguyễn Minh An"
    assert "Nguyễn Minh An" in browser.get(reverse("datastore:detail", args=[document.pk])).content.decode()


def test_whose_it_is_is_said_once_and_goes_with_the_paper(deposit, citizen):
    document = deposit()
    services.name_subject(document.pk, "Nguyễn Minh An")
    services.name_subject(document.pk, "Somebody else")
    document.refresh_from_db()
    assert document.about_name == "Nguyễn Minh An"
    assert pages.documents(citizen, query="minh an").rows == [document]
    services.empty(document)
    document.refresh_from_db()
    assert "an" not in document.search_text and document.about_name == ""


def chain(deposit, *titles: str) -> list[Document]:
    papers = [deposit(title=title) for title in titles]
    for old, new in zip(papers, papers[1:], strict=False):
        Document.objects.filter(pk=old.pk).update(
            replaced_by=new, status=DocumentStatus.REPLACED, status_reason=f"Cấp lại thành {new.title}"
        )
    return list(Document.objects.filter(pk__in=[paper.pk for paper in papers]).order_by("pk"))


@pytest.mark.parametrize("seen_from", [0, 1, 2])
def test_the_whole_chain_shows_from_every_edition(browser, deposit, seen_from):
    papers = chain(deposit, "Bản một", "Bản hai", "Bản ba")
    page = browser.get(reverse("datastore:detail", args=[papers[seen_from].pk])).content.decode()
    section = page.partition('id="editions"')[2].partition("</ol>")[0]
    assert section.index("Bản một") < section.index("Bản hai") < section.index("Bản ba")
    assert "Cấp lại thành Bản ba" in section and section.count("(bản đang xem)") == 1


def test_a_paper_of_one_edition_has_no_chain(browser, deposit):
    document = deposit()
    assert pages.editions(document) == []
    assert 'id="editions"' not in browser.get(reverse("datastore:detail", args=[document.pk])).content.decode()


def test_a_chain_that_bites_its_tail_and_one_of_others_end(deposit, stranger):
    first, second = chain(deposit, "Bản một", "Bản hai")
    Document.objects.filter(pk=second.pk).update(replaced_by=first)
    assert len(pages.editions(Document.objects.get(pk=first.pk))) == 2
    foreign = deposit(owner=stranger)
    Document.objects.filter(pk=second.pk).update(replaced_by=foreign)
    assert foreign not in pages.editions(Document.objects.get(pk=first.pk))
