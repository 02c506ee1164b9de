"""What the state already knows about the person, as sources for prefilled answers (hỏi một lần)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dossiers import paper_facts
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, FilingChannel
from dossiers.paper_facts import STORE_WORDS
from portal.accounts import people, representations, representing
from portal.accounts.models import (
    CitizenProfile,
    Gender,
    Organisation,
    OrganisationMember,
    Representation,
    RepresentationKind,
    User,
)
from portal.accounts.representing import FILERS
from portal.agencies.models import AdministrativeUnit
from procedures.eforms.prefilling import EARLIER, FILING, GUARDIAN, STORE, WARD, Known

EARLIER_WORDS = gettext_noop("Từ hồ sơ %(code)s bạn đã nộp, %(day)s")
REPRESENTATIVE_WORDS = gettext_noop("Từ tài khoản VNeID của người đại diện, %(day)s")
REPRESENTATIVE_CARD_WORDS = gettext_noop("Từ người đại diện khai tại quầy, %(day)s")
WRITTEN_WORDS = gettext_noop("Từ giấy ủy quyền xuất trình tại quầy, %(day)s")
ANSWER_WORDS = gettext_noop("Bạn đã khai ở bước trước")
FILING_WORDS = gettext_noop("Theo nơi nộp bạn đã chọn")
SHEET_WORDS = gettext_noop("Bạn đã chọn ở trang thủ tục")
MOST_EARLIER = 10
"""How many dossiers back somebody's own earlier answers are looked for."""


def facts_of(user: User, *, organisation: Organisation | None = None) -> dict[str, Any]:
    """Return facts by source (`identity`, `organisation` …), each with the words shown under a prefilled value.

    Without the organisation that she files for, it is the first of those she acts for.
    """
    facts: dict[str, Any] = {
        STORE: paper_facts.by_type(paper_facts.told_by(user)),
        EARLIER: _of_earlier(user, organisation),
    }
    profile = CitizenProfile.objects.filter(user=user).first()
    if profile is not None:
        facts["identity"] = facts[GUARDIAN] = _identity(profile)
        if not profile.is_from_counter:
            facts["population"] = {
                "source": _("Từ Cơ sở dữ liệu dân cư qua VNeID, %(day)s") % {"day": _told_on(profile)},
                "residence": facts["identity"]["residence"],
            }
    if organisation is None:
        posts = OrganisationMember.objects.filter(user=user, role__in=FILERS).valid_on(timezone.localdate())
        organisation = Organisation.objects.filter(pk__in=posts.values("organisation")).order_by("pk").first()
    if organisation is not None:
        facts["organisation"] = {
            "source": _("Từ tài khoản định danh tổ chức"),
            "name": organisation.name,
            "tax_code": organisation.tax_code,
            "head_office": _head_office(organisation),
            "phone": organisation.phone,
            "email": organisation.email,
            "legal_representative": _representative_of(organisation, user),
        }
    return facts


def _identity(profile: CitizenProfile) -> dict[str, Any]:
    """What an account tells of its person."""
    residence = {
        "province_code": profile.province_code,
        "commune_code": profile.commune_code,
        "line": profile.address_line,
    }
    return {
        "source": identity_source(profile),
        "full_name": profile.full_name,
        "account_name": profile.full_name,
        "personal_id": profile.personal_id,
        "date_of_birth": profile.date_of_birth.isoformat() if profile.date_of_birth else "",
        "gender": profile.gender,
        "phone": profile.phone,
        "email": profile.email,
        "nationality": profile.nationality,
        "ethnicity": profile.ethnicity,
        "residence": residence if profile.commune_code else None,
        "level": profile.identity_level,
    }


def facts_for(dossier: Dossier, *, with_store: bool) -> dict[str, Any]:
    """The same for a draft, with the place that was chosen for it; papers only for who may use them."""
    held = dossier.representation
    if held is not None and held.is_written:
        facts = facts_on_paper(held)
    elif (representative := dossier.representative) is not None and dossier.owner is not None:
        facts = facts_of_principal(dossier.owner, filer=representative, with_store=with_store)
    else:
        facts = facts_of(dossier.owner, organisation=dossier.organisation) if dossier.owner is not None else {}
        if not with_store:
            facts |= {STORE: {}, EARLIER: {}}
    facts[FILING] = {"source": FILING_WORDS, "agency": dossier.agency.code if dossier.agency else ""}
    return facts


def facts_of_principal(principal: User, *, filer: User, with_store: bool) -> dict[str, Any]:
    """The same about a child, a ward or a principal, for who files for her; how she is reached is how the filer is.

    Where nothing that holds now opens the store to her, nothing of it is told. Earlier answers are those of her own
    filings there.
    """
    facts = facts_of(principal)
    facts.pop("organisation", None)  # what a company told is not a principal's to open
    contact = CitizenProfile.objects.filter(user=filer).first()
    if contact is not None and "identity" in facts:
        said = REPRESENTATIVE_CARD_WORDS if contact.is_from_counter else REPRESENTATIVE_WORDS
        words = _(said) % {"day": _told_on(contact)}
        if (held := _by_law(principal, filer)) is not None:
            facts[WARD] = facts["identity"] = dict(facts["identity"])
            facts[GUARDIAN] = _identity(contact) | {"source": words, "relation": _relation(held, contact)}
        facts["identity"] |= {"phone": Known(contact.phone, words), "email": Known(contact.email, words)}
    if not with_store:
        facts |= {STORE: {}}
    hers = Dossier.objects.filter(filer=filer, owner=principal, representation__isnull=False)
    return facts | {EARLIER: _of_filed(hers.filter(submitted_at__isnull=False))}


def facts_on_paper(held: Representation) -> dict[str, Any]:
    """What a mandate on paper says of who gave it: the name, number and day of birth that the desk compared.

    Nothing else of her account, store or earlier filings is told to who brought the paper; how she is reached is how
    the bearer is.
    """
    profile = CitizenProfile.objects.get(user=held.principal_id)
    contact = CitizenProfile.objects.filter(user=held.representative_id).first()
    words = _(WRITTEN_WORDS) % {"day": timezone.localtime(held.confirmed_at).strftime("%d/%m/%Y")}
    identity = _identity(profile) | {"source": words, "residence": None}
    identity |= dict.fromkeys(("phone", "email", "nationality", "ethnicity"), "")
    if contact is not None:
        said = _(REPRESENTATIVE_CARD_WORDS if contact.is_from_counter else REPRESENTATIVE_WORDS)
        said = said % {"day": _told_on(contact)}
        identity |= {"phone": Known(contact.phone, said), "email": Known(contact.email, said)}
    return {STORE: {}, EARLIER: {}, "identity": identity, GUARDIAN: identity}


def _by_law(principal: User, filer: User) -> Representation | None:
    """As whose parent or guardian she files; None for who was authorised: her giver speaks for himself."""
    held = representations.of_principal(principal.pk)
    return next((row for row in held if row.is_by_law and row.representative_id == filer.pk), None)


def _relation(held: Representation, profile: CitizenProfile) -> str:
    """What she is to the child or ward, a value of the list `relation_to_child`; empty where it cannot be told."""
    if held.kind == RepresentationKind.WARD:
        return "guardian"
    parents: dict[str, str] = {Gender.MALE: "father", Gender.FEMALE: "mother"}
    return parents.get(profile.gender, "")


def _head_office(organisation: Organisation) -> dict[str, str] | None:
    """Where it has its seat, as an address; None while its account names no commune in force."""
    if not organisation.commune_code:
        return None
    units = AdministrativeUnit.objects.valid_on(timezone.localdate()).select_related("parent")
    commune = units.filter(code=organisation.commune_code).first()
    if commune is None or commune.parent is None:
        return None
    place = {"province_code": commune.parent.code, "commune_code": commune.code}
    return {**place, "line": organisation.address_line}


def _representative_of(organisation: Organisation, user: User) -> str:
    """The name of its legal representative: herself where she is one of them."""
    people = representing.representatives(organisation.pk)
    return next((str(person) for person in people if person.pk == user.pk), str(people[0]) if people else "")


def _of_earlier(user: User, organisation: Organisation | None) -> dict[str, Known]:
    """What she declared in her last dossiers for the same applicant, the newest first.

    What was told of an organisation goes into no filing of her own, nor of another organisation.
    """
    filed = Dossier.objects.filter(filer=user, organisation=organisation, submitted_at__isnull=False)
    return _of_filed(filed.filter(representation=None))


def _of_filed(filed: QuerySet[Dossier]) -> dict[str, Known]:
    filed = filed.order_by("-submitted_at")
    found: dict[str, Known] = {}
    for code, submitted_at, answers in filed.values_list("code", "submitted_at", "answers")[:MOST_EARLIER]:
        day = timezone.localtime(submitted_at).strftime("%d/%m/%Y")
        for key, value in answers.items():
            found.setdefault(key, Known(value, _(EARLIER_WORDS) % {"code": code, "day": day}))
    return found


def identity_source(profile: CitizenProfile) -> str:
    """The words under a value that came with signing in, or from the card at the counter."""
    if profile.from_paper.startswith(people.SEEN_AT_DESK):
        told = {"paper": profile.from_paper.removeprefix(people.SEEN_AT_DESK), "day": _told_on(profile)}
        return _("Từ giấy tờ xuất trình tại quầy: %(paper)s, %(day)s") % told
    if profile.from_paper:
        return _(STORE_WORDS) % {"title": profile.from_paper, "day": _told_on(profile)}
    if profile.is_from_counter:
        return _("Từ thẻ căn cước xuất trình tại quầy, %(day)s") % {"day": _told_on(profile)}
    return _("Từ tài khoản VNeID, %(day)s") % {"day": _told_on(profile)}


def conditions_of(dossier: Dossier) -> dict[str, bool]:
    """What fee rules may ask of who files, beside the answers (``procedures.eforms.conditions.FACTS``).

    Of a draft as it is now, of a filed dossier as it was when it was filed. The waivers for digital citizens are for
    what a person files for herself online (NQ 66.22/2026/NQ-CP); at the counter none is given by itself.
    """
    if dossier.state != DossierState.DRAFT:
        return dict.fromkeys(dossier.local_terms.get("conditions", ()), True)
    for_organisation = dossier.organisation_id is not None
    is_her_own = not for_organisation and dossier.channel == FilingChannel.ONLINE
    return {
        "acting_for_organisation": for_organisation,
        "digital_citizen": is_her_own and dossier.representation_id is None and _is_digital_citizen(dossier),
    }


def _is_digital_citizen(dossier: Dossier) -> bool:
    owner = dossier.filer if dossier.filer_id == dossier.owner_id else dossier.owner
    profile: CitizenProfile | None = getattr(owner, "citizen", None)
    return profile is not None and profile.is_digital_citizen


def all_source_words(stored: Mapping[str, str]) -> dict[str, str]:
    """The words of every field's source, by field."""
    return {name: source_words(source) for name, source in stored.items()}


def source_words(stored: str) -> str:
    """A source as stored, in Vietnamese, in the reader's language."""
    stored_words, _comma, day = stored.rpartition(", ")
    for known in (
        gettext_noop("Từ tài khoản VNeID, %(day)s"),
        REPRESENTATIVE_WORDS,
        REPRESENTATIVE_CARD_WORDS,
        gettext_noop("Từ thẻ căn cước xuất trình tại quầy, %(day)s"),
        gettext_noop("Từ Cơ sở dữ liệu dân cư qua VNeID, %(day)s"),
        gettext_noop("Từ tài khoản định danh tổ chức"),
        ANSWER_WORDS,
        FILING_WORDS,
        SHEET_WORDS,
    ):
        if known % {"day": day} == stored:
            return _(known) % {"day": day}
    for pattern, name in ((STORE_WORDS, "title"), (EARLIER_WORDS, "code")):
        before, after = pattern.removesuffix(", %(day)s").split(f"%({name})s")
        if stored_words.startswith(before) and stored_words.endswith(after):
            return _(pattern) % {name: stored_words.removeprefix(before).removesuffix(after), "day": day}
    return stored


def words_to_officials(stored: str) -> str:
    """A source as stored, in Vietnamese, for who reads the dossier of somebody else."""
    return stored.replace("Bạn đã", "Người nộp đã").replace("bạn đã", "người nộp đã")


def _told_on(profile: CitizenProfile) -> str:
    return timezone.localtime(profile.confirmed_at).strftime("%d/%m/%Y")
