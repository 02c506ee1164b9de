"""Situations for tests: people, agencies, procedures and dossiers, made by the same services as real ones."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from allauth.idp.oidc.models import Client as OidcClient
from django.utils import timezone
from PIL import Image

from datastore.models import DocumentGroup, DocumentType
from dossiers import attaching, drafts, filing, services
from dossiers.models import Dossier
from portal.accounts.models import CitizenProfile, Organisation, OrganisationMember, OrganisationRole, User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.credentials import SCOPES
from portal.agencies.models import (
    AdministrativeUnit,
    Agency,
    AgencyLevel,
    ApiClient,
    Branch,
    ClientKind,
    Membership,
    MembershipRole,
    UnitLevel,
)
from portal.core.encryption import blind_index
from portal.core.text import fold
from procedures.models import Component, FeeRule, Field, Procedure, ProcedureVersion, ResultType

_number = count(1)
LETTERS = (
    "KQ.BIEN-NHAN-NOP",
    "KQ.GIAY-TIEP-NHAN",
    "KQ.PHIEU-BO-SUNG",
    "KQ.PHIEU-TU-CHOI",
    "KQ.XIN-LOI-GIA-HAN",
    "KQ.DUNG-GIAI-QUYET",
    "KQ.BIEN-LAI",
)
TYPES = {"GT.KHAC": "Giấy tờ khác", "KQ.TEST": "KQ.TEST", **{code: code for code in LETTERS}}
"""Types of documents that a filing, its papers and its result are kept as."""


def make_citizen(name: str = "Nguyễn Thị Thử", *, level: int = 2, phone: str = "0900000999") -> User:
    """A signed-up citizen with a profile; the number is invented."""
    n = next(_number)
    user = User.objects.create(username=f"cd-test-{n}", display_name=name)
    personal_id = f"001199{n:06d}"
    CitizenProfile.objects.create(
        user=user,
        full_name=name,
        personal_id=personal_id,
        personal_id_index=blind_index(personal_id),
        date_of_birth=date(1999, 3, 8),
        gender="2",
        ethnicity="Kinh",
        phone=phone,
        email=f"test{n}@vidu.example",
        province_code="01",
        commune_code="00073",
        address_line="Số 1 phố Thử",
        identity_level=level,
        confirmed_at=timezone.now(),
    )
    return user


def make_company(name: str = "Công ty TNHH Mai", *, tax_code: str = "0100109106") -> Organisation:
    """An organisation that nobody acts for yet; the number is invented."""
    return Organisation.objects.create(name=name, tax_code=tax_code)


def make_member(company: Organisation, who: User | str = "Lê Thị Văn Thư", role: str = OrganisationRole.FILER) -> User:
    """Somebody who acts for an organisation since nine days ago; a name makes a new citizen."""
    user = make_citizen(who) if isinstance(who, str) else who
    since = timezone.localdate() - timedelta(days=9)
    OrganisationMember.objects.create(organisation=company, user=user, role=role, valid_from=since)
    return user


def end_membership(user: User) -> None:
    """Yesterday was her last day as a member, of whatever organisation."""
    OrganisationMember.objects.filter(user=user).update(valid_to=timezone.localdate() - timedelta(days=1))


def make_unit(code: str, name: str, level: str, parent: AdministrativeUnit | None = None) -> AdministrativeUnit:
    """A province or commune."""
    unit, _made = AdministrativeUnit.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "full_name": name,
            "folded_name": fold(name),
            "sort_key": fold(name),
            "level": level,
            "kind": "",
            "parent": parent,
        },
    )
    return unit


def make_agency(
    code: str = "H26.00073", *, branch: str = Branch.PEOPLES_COMMITTEE, parent: Agency | None = None
) -> Agency:
    """A commune's agency in Hà Nội, with its province above it."""
    province = make_unit("01", "Hà Nội", UnitLevel.PROVINCE)
    commune = make_unit("00073", "Phường Cửa Nam", UnitLevel.COMMUNE, province)
    if parent is None:
        parent, _made = Agency.objects.get_or_create(
            code=code.split(".")[0],
            defaults={
                "name": f"UBND {code.split('.')[0]}",
                "level": AgencyLevel.PROVINCE,
                "branch": branch,
                "unit": province,
                "path": f"{code.split('.')[0]}/",
            },
        )
    agency, _made = Agency.objects.get_or_create(
        code=code,
        defaults={
            "name": f"UBND phường Cửa Nam ({code})",
            "level": AgencyLevel.COMMUNE,
            "branch": branch,
            "parent": parent,
            "unit": commune,
            "path": f"{parent.path}{code}/",
        },
    )
    return agency


def make_other_agency() -> Agency:
    """An agency in another province, which no test dossier goes to."""
    other = make_agency("H17.20194")
    province = make_unit("48", "Đà Nẵng", UnitLevel.PROVINCE)
    other.unit = make_unit("20194", "Phường Hải Châu", UnitLevel.COMMUNE, province)
    other.save()
    return other


def make_official(agency: Agency, role: str = MembershipRole.DESK, name: str = "Cán bộ Thử") -> User:
    """An official with one post."""
    user = User.objects.create(username=f"cb-test-{next(_number)}", display_name=name, is_official=True, is_staff=True)
    Membership.objects.create(user=user, agency=agency, role=role, valid_from=date(2025, 7, 1))
    return user


def official_actor(agency: Agency, kind: ActorKind = ActorKind.DESK) -> Actor:
    """An official acting at an agency."""
    role = {ActorKind.DESK: MembershipRole.DESK, ActorKind.AGENCY: MembershipRole.SPECIALIST}.get(
        kind, MembershipRole.LEADER
    )
    user = make_official(agency, role)
    return Actor(kind=kind, user=user, agency=agency, name=user.display_name)


def make_client(agency: Agency, *, kind: str = ClientKind.REST, receives: bool = True, **fields: Any) -> ApiClient:
    """A partner's system."""
    n = next(_number)
    return ApiClient.objects.create(
        name=f"Hệ thống {n}",
        agency=agency,
        kind=kind,
        receives_dossiers=receives,
        oidc_client_id=f"client-{n}" if kind == ClientKind.REST else "",
        wire_username=f"account-{n}" if kind == ClientKind.WIRE else "",
        webhook_url="http://127.0.0.1:9/webhooks/portal",
        webhook_secret="whsec_" + "dGVzdC1vbmx5LXNlY3JldC1rZXktMDEyMw==",
        **fields,
    )


def let_report(client: ApiClient, *, scopes: Sequence[str] = SCOPES) -> None:
    """Give a system its scopes, as an operator does; `make_client` leaves them out where only tokens are looked at."""
    if client.oidc_client_id:
        row = OidcClient(pk=client.oidc_client_id, name=client.name, secret="!")
        row.set_scopes(list(scopes))
        row.save()


def make_version(
    code: str = "1.000001",
    *,
    fee_vnd: int = 0,
    needs_paper: bool = True,
    form: dict[str, Any] | None = None,
    **fields: Any,
) -> ProcedureVersion:
    """A procedure with one short form, one paper, and a fee where asked."""
    field, _made = Field.objects.get_or_create(code="TEST", defaults={"name": "Lĩnh vực thử"})
    procedure, _made = Procedure.objects.get_or_create(code=code, defaults={"field": field})
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=1,
        valid_from=date(2025, 7, 1),
        content_sha256="0" * 64,
        name="Thủ tục thử nghiệm",
        short_name="Thủ tục thử",
        name_en="Test procedure",
        issuer_code="G15",
        issuer_name="Bộ Tư pháp",
        competent_level=AgencyLevel.COMMUNE,
        competent_branch=Branch.PEOPLES_COMMITTEE,
        form=SHORT_FORM if form is None else form,
        **{
            "competent_place": "any",
            "service_level": "toan_trinh",
            "processing_value": 3,
            "processing_unit": "working_day",
            **fields,
        },
    )
    procedure.current = version
    procedure.save(update_fields=["current"])
    # in one statement: most tests come by here
    group = dict.fromkeys(LETTERS, DocumentGroup.LETTER)
    types = [DocumentType(code=code, name=name, group=group.get(code, "result")) for code, name in TYPES.items()]
    DocumentType.objects.bulk_create(types, ignore_conflicts=True)
    if needs_paper:
        Component.objects.create(
            version=version,
            position=0,
            code="TEST-GIAY",
            name="Giấy tờ thử",
            kind="document",
            is_required=True,
            document_types=["GT.KHAC"],
        )
    if fee_vnd:
        FeeRule.objects.create(version=version, position=0, **fee_fields(fee_vnd))
    ResultType.objects.create(
        version=version, position=0, code="result", name="Kết quả thử", document_type="KQ.TEST", is_default=True
    )
    return version


def fee_fields(fee_vnd: int) -> dict[str, Any]:
    """One fee that every online filing pays at once."""
    return {
        "key": "test",
        "charge": "test",
        "kind": "le_phi",
        "name": "Lệ phí thử",
        "amount_vnd": fee_vnd,
        "channel": "all",
        "is_default": True,
        "payable_on": "filing",
    }


SHORT_FORM: dict[str, Any] = {
    "pages": [
        {
            "key": "noi-dung",
            "title": {"vi": "Nội dung", "en": "Content"},
            "groups": [
                {
                    "key": "main",
                    "title": {"vi": "Nội dung", "en": "Content"},
                    "fields": [
                        {
                            "key": "full_name",
                            "label": {"vi": "Họ tên", "en": "Full name"},
                            "type": "text",
                            "required": True,
                            "prefill": "identity.full_name",
                        },
                        {
                            "key": "purpose",
                            "label": {"vi": "Mục đích", "en": "Purpose"},
                            "type": "text",
                            "required": True,
                        },
                    ],
                }
            ],
        }
    ]
}


def png(text: str = "x") -> bytes:
    """A small real picture; the text makes its bytes differ."""
    picture = Image.new("RGB", (40, 40), (len(text) * 7 % 255, hash(text) % 255, 90))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def file_dossier(
    citizen: User | None = None,
    version: ProcedureVersion | None = None,
    *,
    now: datetime | None = None,
    province_code: str = "01",
    commune_code: str = "00073",
) -> Dossier:
    """File one dossier through the filing services."""
    citizen = citizen or make_citizen()
    if version is None:
        known = ProcedureVersion.objects.filter(procedure__code="1.000001").first()
        version = known or make_version()
    if not Agency.objects.filter(branch=version.competent_branch, level=version.competent_level).exists():
        make_agency()
    actor = Actor.citizen(citizen)
    draft = drafts.start(version, actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code=province_code, commune_code=commune_code)
    drafts.save_answers(
        draft.public_id, actor=actor, answers={"full_name": citizen.display_name, "purpose": "Thử nghiệm"}, step="x"
    )
    for component in version.components.filter(is_required=True):
        attaching.attach_upload(
            draft.public_id, actor=actor, component=component, content=png(str(next(_number))), name="giay-to.png"
        )
    return filing.submit(draft.public_id, actor=actor, now=now)


def processing_dossier(**kwargs: Any) -> Dossier:
    """A dossier that was accepted and is being worked on."""
    dossier = file_dossier(**kwargs)
    assert dossier.agency is not None
    services.accept(dossier.code or "", actor=official_actor(dossier.agency))
    return services.start_processing(dossier.code or "", actor=official_actor(dossier.agency, ActorKind.AGENCY))
