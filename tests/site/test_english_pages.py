"""The portal as its reader of English meets it: the whole catalogue and the demo's people, page after page.

Vietnamese stands on these pages only where it is marked as such (lang="vi"), and in what NAMES lets through.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Max
from django.test import Client

from datastore import sharing
from datastore.models import Document, DocumentStatus
from dossiers import correspondence, drafts, opening, subjects
from dossiers.models import Dossier
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import AdministrativeUnit, Branch
from portal.site.demo import answers, people
from portal.site.demo import dossiers as demo
from procedures import eforms
from procedures.models import Procedure
from procedures.packs import own_reference
from tests.dossiers.filing_pages import signed_in
from tests.english import is_vietnamese, left_in_vietnamese, marked_as_vietnamese

PUBLIC = (
    "", "thu-tuc/", "thu-tuc/?q=abcxyz", "tra-cuu/", "tro-giup/", "tro-giup/tro-nang/", "tro-giup/du-lieu-ca-nhan/",
    "tro-giup/hien-thi/", "cong-khai/", "cong-khai/ho-so/", "cong-khai/hoi-lai/", "phan-anh/", "tai-khoan/vao/",
    "tai-khoan/login/", "tai-khoan/ban-dung-thu/", "khong-co/", "xm/", "xm/tep/", "xm/AAAAAAAAAAAAAAAA",
)  # fmt: skip
OWN = (
    "", "ho-so/", "kho-du-lieu/", "kho-du-lieu/them/", "kho-du-lieu/ai-da-xem/", "kho-du-lieu/dong-y/",
    "kho-du-lieu/chia-se/", "hop-thu/", "hop-thu/cach-nhan/", "thanh-toan/", "tai-khoan/toi/", "to-chuc/",
    "giup-nop-ho-so/", "giup-nop-ho-so/trao/", "giup-nop-ho-so/nhan/",
)  # fmt: skip
OF_A_DOSSIER = ("", "da-nop/", "trao-doi/", "rut/", "danh-gia/", "bo-sung/", "ban-du-thao/")
FORMS = ("1.001193", "1.004222", "1.001612", "1.004873", "3.000333", "3.000722", "2.001159", "2.000004", "1.014061")
"""Packs whose forms are walked through: every kind of field, lists, appointments, foreigners, a linked one."""
NOWHERE = "noi-nop"
BLANK = (
    "tra-cuu/", "phan-anh/", "kho-du-lieu/them/", "giup-nop-ho-so/trao/", "giup-nop-ho-so/nhan/", "xm/tep/",
    "tai-khoan/login/",
)  # fmt: skip
"""Forms that are sent as they stand, for their errors; so is each page of an empty draft."""
LEAVES = ("/en/ho-so/", "/en/kho-du-lieu/", "/en/lien-thong/", "/en/nop-ho-so/", "/en/thanh-toan/", "/en/xm/")
"""Below these every link of a page is followed; elsewhere the pages named above are enough."""
ACTIONS = re.compile(r"/(mo|tep|dong|rut-ve|logout)/|\.(zip|json|pdf|csv)$|/kho-du-lieu/tep/\d+/$")
"""What is no page: files, and what only a button does."""
NAMES = {
    "numbers of acts and forms, as they are printed": r"(?<![\w/])\d+(?:\.\d+)?/(?:\d{4}/)?[A-ZĐ]{2,}[\w-]*|ĐKX10",
    "what stands on a button of VNeID, with its English beside it": "“Quên mật khẩu”",
    "what has to be typed, and examples of it": (
        "“Hộ kinh doanh”|Hộ kinh doanh Hoa Sen|Nguyễn Minh An|Công an phường Tân Định|Tân Định"
    ),
    "countries and feasts by their English names": "Côte d’Ivoire|Réunion|St. Barthélemy|São Tomé & Príncipe|Tết|Hùng",
}
"""Besides these: names of provinces, communes and peoples, of the demo's persons, and of whom a dossier is about."""


TITLE = "Công chức tư pháp – hộ tịch"
REPLACED = "Đã cấp giấy mới số 7/2026."
SET_WORDS = ("Giải quyết hồ sơ", "Cho ý kiến về hồ sơ", "Tôi đồng ý dùng giấy tờ này")
"""What the portal writes itself into records: a mark alone does not tell a reader of English what it says."""


class Reading:
    """What was read so far, and where words of Vietnamese stood in it."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.marked: dict[str, str] = {}
        self.statuses: Counter[int] = Counter()
        self.about: set[str] = set()
        """Whom dossiers were about when pages of them were read: a page sent empty may take a draft's name away."""

    def walk(self, client: Client, addresses: Iterable[str]) -> None:
        """Read these pages, and those below LEAVES that they lead to."""
        self.about |= {subjects.told_apart(dossier) for dossier in Dossier.objects.all()} - {""}
        queue = list(addresses)
        seen = set(queue)
        for address in queue:
            answer = client.get(address)
            self.read(address, answer)
            links = re.findall(r'href="([^"#]+)', answer.content.decode()) if _is_page(answer) else []
            for link in [*map(unescape, links), answer.get("Location", "")]:
                if link.startswith(LEAVES) and link not in seen and not ACTIONS.search(link):
                    seen.add(link)
                    queue.append(link)

    def read(self, address: str, answer: Any) -> None:
        """Note what one answer says in Vietnamese; files and redirects say nothing."""
        self.statuses[answer.status_code] += 1
        assert answer.status_code < 500, address
        if _is_page(answer):
            assert '<html lang="en"' in answer.content.decode(), address
            for words in left_in_vietnamese(answer.content.decode()):
                self.found.setdefault(words, address)
            for words in marked_as_vietnamese(answer.content.decode()):
                self.marked.setdefault(words, address)

    def unexplained(self, names: Iterable[re.Pattern[str]]) -> dict[str, str]:
        """What was found, with the address where, but for words that have no Vietnamese beside these names."""
        return {words: address for words, address in self.found.items() if is_vietnamese(words, names)}


def _is_page(answer: Any) -> bool:
    is_html = answer.get("Content-Type", "").startswith("text/html")
    return is_html and not answer.streaming and bool(answer.content) and "Location" not in answer


def _names(about: set[str]) -> list[re.Pattern[str]]:
    units = AdministrativeUnit.objects.values_list("full_name", "name")
    told = {name for pair in units for name in pair}
    told |= set(User.objects.values_list("display_name", flat=True))
    told |= {people["en"] for people in own_reference().lists["ethnicity"]["items"]}
    told |= {answers.SOMEBODY} | about
    longest_first = sorted(told, key=lambda name: (-len(name), name))
    return [*map(re.compile, NAMES.values()), re.compile("|".join(map(re.escape, longest_first)))]


@pytest.fixture
def reading(db: None, settings: Any, tmp_path: Path) -> Iterator[Reading]:
    """The catalogue and the demo are loaded, nothing is read yet."""
    settings.VAR_DIR = tmp_path
    eforms._described.cache_clear()  # it names the communes of other tests
    call_command("load_reference", stdout=StringIO())
    persons = [person for person in people.citizens() if (person["level"], person["account_type"]) == (2, 1)]
    officials = people.load_officials()
    demo.load_dossiers([people.load_citizen(person) for person in persons], officials)
    read_and_written_to(officials["demo.chuyenvien"])
    yield Reading()
    eforms._described.cache_clear()


def read_and_written_to(specialist: User) -> None:
    """Each dossier of her agency was opened and asked about; each citizen shared a paper and had one replaced."""
    agency = people.back_office_agency(Branch.PEOPLES_COMMITTEE)
    actor = Actor(ActorKind.AGENCY, user=specialist, agency=agency, name=f"{specialist.display_name}, {TITLE}")
    for dossier in Dossier.objects.filter(agency=agency, code__isnull=False):
        opening.note(dossier, actor=actor)
        if correspondence.is_open(dossier):
            correspondence.write(dossier.code or "", actor=actor, text="Xin hỏi thêm.", form_token="asked")
    for paper in Document.objects.filter(owner__filed_dossiers__isnull=False).distinct("owner").order_by("owner", "pk"):
        own = Actor.citizen(paper.owner)
        sharing.create(paper.pk, actor=own, purpose="Nộp cho trường học", days=1, views=1, with_code=False)
    replaced = Document.objects.filter(pk__in=Document.objects.values("owner").annotate(last=Max("pk")).values("last"))
    replaced.update(status=DocumentStatus.REPLACED, status_reason=f"{REPLACED} Căn cứ: Nghị định 123/2015/NĐ-CP.")


def read_all(reading: Reading) -> None:
    """The public's pages, those of each citizen who filed, and forms: filled in, and sent empty."""
    codes = list(Procedure.objects.order_by("code").values_list("code", flat=True))
    sheets = [f"thu-tuc/{code}/{more}" for code in codes for more in ("", "ban-cong-bo/")]
    reading.walk(Client(), [f"/en/{address}" for address in [*PUBLIC, *sheets]])
    for citizen in User.objects.filter(filed_dossiers__isnull=False).distinct():
        filed = Dossier.objects.filter(filer=citizen, code__isnull=False).values_list("code", flat=True)
        own = [*OWN, *(f"ho-so/{code}/{more}" for code in filed for more in OF_A_DOSSIER)]
        reading.walk(signed_in(citizen), [f"/en/{address}" for address in own])
    client = signed_in(citizen)
    for code in FORMS:
        whole = demo.fill(citizen, code, ("01", demo.BACK_OFFICE_COMMUNE))
        base = f"/en/nop-ho-so/{code}/{whole.public_id}/"
        reading.walk(client, [f"{base}noi-nop/", f"{base}giay-to/", f"{base}kiem-tra/"])
        begun = drafts.start(whole.procedure_version, actor=Actor.citizen(citizen))
        form = eforms.form_of(eforms.form_for(whole.procedure_version))
        for step in (NOWHERE, *(page.key for page in form.pages)):
            address = f"/en/nop-ho-so/{code}/{begun.public_id}/{step}/"
            reading.read(address, client.post(address))
    for address in (*BLANK, *(f"ho-so/{code}/{more}" for code in filed for more in ("trao-doi/", "rut/", "danh-gia/"))):
        reading.read(address, client.post(f"/en/{address}"))


@pytest.mark.timeout(600)
def test_no_page_for_readers_of_english_has_unmarked_vietnamese(reading: Reading) -> None:
    read_all(reading)
    assert reading.statuses[200] > 400 and reading.statuses[422] > 20, "the walk ended early"
    assert reading.unexplained(_names(reading.about)) == {}
    known = re.compile("|".join(map(re.escape, [TITLE, REPLACED, *SET_WORDS])))
    left = {words: address for words, address in reading.marked.items() if known.search(words)}
    assert left == {}, "marked as Vietnamese, and there is English for it"
