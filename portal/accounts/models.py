"""People who sign in: citizens and organisations through VNeID, officials with password and second factor."""

from datetime import date
from typing import Self
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from portal.core.encryption import EncryptedTextField

TECHNICAL_IDS = UUID("5f0f4a5e-6f0b-5b8e-9d5c-2f3d1f6c7a10")
"""Drawn once; another one would give every organisation another TechID."""
SESSION_SALT = "portal.accounts.sessions"


class User(AbstractUser):
    """An account (tài khoản); a citizen's username is an opaque id, never her identification number."""

    display_name = models.CharField(_("tên hiển thị"), max_length=200, blank=True)
    is_official = models.BooleanField(_("cán bộ, công chức"), default=False)
    language = models.CharField(
        _("ngôn ngữ của thông báo"),
        max_length=2,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
    )
    """The language of the last form this person sent: messages to her are written in it."""
    notice_modes = models.JSONField(_("cách nhận tin"), default=dict, db_default={}, blank=True)
    """What she chose about messages, {channel: {topic: mode}}; only what differs from the portal's own choice."""
    helps_others = models.BooleanField(_("từng giúp người khác nộp hồ sơ"), default=False, db_default=False)
    """Whether this person ever took up a right to file for somebody; nobody else's drafts are looked for otherwise."""
    represents_others = models.BooleanField(
        _("từng đại diện cho người khác"), default=False, db_default=False, editable=False
    )
    """Whether this person ever acted for a child, a ward or a principal; nobody else's dossiers are looked for else."""
    sessions_ended = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """How often all of her sessions were ended at once (portal.accounts.sessions); each one carries the count."""

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")

    def __str__(self) -> str:
        return self.display_name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is opened with, and must still fit; the password alone for whose sessions were never ended."""
        # Django's own door to it, by which an older key is tried too; its types leave it out.
        from_password: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.sessions_ended:
            return from_password
        return salted_hmac(SESSION_SALT, f"{from_password}.{self.sessions_ended}", secret=secret).hexdigest()


class IdentityLevel(models.IntegerChoices):
    """Level of the electronic identity account (mức độ tài khoản định danh) – NĐ 69/2024/NĐ-CP."""

    ONE = 1, _("Mức 1")
    TWO = 2, _("Mức 2")


class Gender(models.TextChoices):
    """Gender as coded by the forms (giới tính)."""

    MALE = "1", _("Nam")
    FEMALE = "2", _("Nữ")
    OTHER = "3", _("Khác")


class CitizenProfile(models.Model):
    """What VNeID told about a person at the last sign-in (thông tin công dân); the source of prefilled answers."""

    user = models.OneToOneField(User, models.CASCADE, related_name="citizen")
    full_name = models.CharField(_("họ, chữ đệm, tên"), max_length=200)
    personal_id = EncryptedTextField(_("số định danh cá nhân"))
    personal_id_index = models.CharField(max_length=64, unique=True, editable=False)
    date_of_birth = models.DateField(_("ngày sinh"), null=True, blank=True)
    gender = models.CharField(_("giới tính"), max_length=1, choices=Gender, blank=True)
    ethnicity = models.CharField(_("dân tộc"), max_length=50, blank=True)
    nationality = models.CharField(_("quốc tịch"), max_length=50, blank=True, default="Việt Nam")
    phone = models.CharField(_("số điện thoại"), max_length=20, blank=True)
    email = models.EmailField(_("thư điện tử"), blank=True)
    province_code = models.CharField(_("mã tỉnh"), max_length=2, blank=True)
    commune_code = models.CharField(_("mã xã"), max_length=5, blank=True)
    address_line = models.CharField(_("số nhà, đường, thôn"), max_length=250, blank=True)
    identity_level = models.PositiveSmallIntegerField(
        _("mức định danh"), choices=IdentityLevel, default=IdentityLevel.ONE
    )
    is_digital_citizen = models.BooleanField(_("công dân số"), default=False, db_default=False)
    """VNeID says that she has what NQ 66.22/2026/NQ-CP asks for its waivers of fees; the portal does not judge it."""
    technical_id = models.CharField(_("TechID"), max_length=100, blank=True)
    is_from_counter = models.BooleanField(_("nhập tại quầy từ thẻ căn cước"), default=False, db_default=False)
    """An official copied it from the card, or it came from a birth certificate; the person has not signed in yet."""
    from_paper = models.CharField(_("lập theo giấy"), max_length=400, blank=True, default="", db_default="")
    """The title of the certificate that the record was made from, of a child who never signed in."""
    confirmed_at = models.DateTimeField(_("VNeID xác nhận lúc"))

    class Meta:
        verbose_name = _("công dân")
        verbose_name_plural = _("công dân")
        indexes = [models.Index(fields=["technical_id"], name="citizen_by_tech_id", condition=~Q(technical_id=""))]

    def __str__(self) -> str:
        return self.full_name


class Organisation(models.Model):
    """An enterprise or other body with an organisation account (tổ chức)."""

    name = models.CharField(_("tên"), max_length=300)
    tax_code = models.CharField(_("mã số thuế"), max_length=14, unique=True)
    address_line = models.CharField(_("trụ sở"), max_length=300, blank=True)
    commune_code = models.CharField(_("mã xã"), max_length=5, blank=True)
    phone = models.CharField(_("số điện thoại"), max_length=20, blank=True)
    email = models.EmailField(_("thư điện tử"), blank=True)
    renamed_at = models.DateTimeField(_("đổi tên lúc"), null=True, blank=True, editable=False)
    """When its name last became another one: what was found by the former name follows."""

    class Meta:
        verbose_name = _("tổ chức")
        verbose_name_plural = _("tổ chức")

    def __str__(self) -> str:
        return self.name

    @property
    def technical_id(self) -> str:
        """TechID under which agencies' systems know the organisation: made of its public tax code, so it stays."""
        return str(uuid5(TECHNICAL_IDS, self.tax_code))


class OrganisationRole(models.TextChoices):
    """What a member may do for the organisation (vai trò thành viên)."""

    REPRESENTATIVE = "representative", _("Người đại diện theo pháp luật")
    FILER = "filer", _("Người nộp hồ sơ")
    READER = "reader", _("Người xem")


class OrganisationMemberQuerySet(models.QuerySet["OrganisationMember"]):
    """Reads over members."""

    def valid_on(self, day: date) -> Self:
        """Who acts for whom on a day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class OrganisationMember(models.Model):
    """A person who acts for an organisation (thành viên), from one day to another."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="organisation_memberships")
    role = models.CharField(_("vai trò"), max_length=20, choices=OrganisationRole)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    objects = OrganisationMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("thành viên tổ chức")
        verbose_name_plural = _("thành viên tổ chức")
        constraints = [models.UniqueConstraint(fields=["organisation", "user", "role"], name="one_membership_per_role")]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"


class MembershipAction(models.TextChoices):
    """What happened to somebody's post (việc về thành viên)."""

    APPOINTED = "appointed", _("Được chỉ định")
    DISMISSED = "dismissed", _("Bị cho thôi")
    RESTORED = "restored", _("Được chỉ định lại")
    LEFT = "left", _("Tự thôi")


class MembershipChange(models.Model):
    """One line in the history of an organisation's members (lịch sử thành viên); written once, never changed."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="membership_changes")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("thành viên"))
    user_name = models.CharField(_("tên khi đó"), max_length=200)
    role = models.CharField(_("vai trò"), max_length=20, choices=OrganisationRole)
    action = models.CharField(_("việc"), max_length=10, choices=MembershipAction)
    changed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("người làm")
    )
    """None: VNeID said so at a sign-in."""
    changed_by_name = models.CharField(_("tên người làm khi đó"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("thay đổi thành viên tổ chức")
        verbose_name_plural = _("thay đổi thành viên tổ chức")
        indexes = [models.Index(fields=["organisation", "-id"], name="membership_history")]

    def __str__(self) -> str:
        return f"{self.user_name}: {self.action}"


class RepresentationKind(models.TextChoices):
    """By what a person acts for another (căn cứ đại diện) – Bộ luật Dân sự 91/2015/QH13 art. 136, 138."""

    CHILD = "child", _("Cha, mẹ đại diện cho con")
    WARD = "ward", _("Người giám hộ")
    MANDATE = "mandate", _("Người được ủy quyền")


BY_LAW = (RepresentationKind.CHILD, RepresentationKind.WARD)
"""Kinds that nobody gives: the one represented does not end them either."""


class RepresentationProof(models.TextChoices):
    """What shows that it is so (giấy tờ, người xác nhận)."""

    PAPER = "paper", _("Giấy trong kho dữ liệu")
    OFFICIAL = "official", _("Cán bộ xác nhận tại quầy")
    PRINCIPAL = "principal", _("Chính người ủy quyền xác nhận")
    WRITTEN = "written", _("Giấy ủy quyền xuất trình tại quầy")


class EndReason(models.TextChoices):
    """Why it is over before its last day (lý do chấm dứt)."""

    WITHDRAWN = "withdrawn", _("Người ủy quyền đã thu hồi")
    GIVEN_UP = "given_up", _("Người đại diện tự thôi")
    PAPER_ENDED = "paper_ended", _("Giấy làm căn cứ không còn giá trị")
    RENEWED = "renewed", _("Đã hết hạn và được thay")
    OF_AGE = "of_age", _("Người được đại diện đã đủ 18 tuổi")
    BY_DESK = "by_desk", _("Bộ phận một cửa đã chấm dứt")


NOT_HER_WORD = ("", EndReason.GIVEN_UP, EndReason.BY_DESK)
"""Open, or ended by others than who gave it: her taking back is still to come."""


class RepresentationQuerySet(models.QuerySet["Representation"]):
    """Reads over representations."""

    def in_force(self, day: date) -> Self:
        """Taken up, not ended, and within its days.

        Without mandates on paper: those open a desk's form to who shows the paper there, and nothing on the portal
        (portal.accounts.written_mandates).
        """
        still = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
        there = still.filter(ended_at__isnull=True, representative__isnull=False)
        return there.exclude(proof=RepresentationProof.WRITTEN)


class Representation(models.Model):
    """One person acts for another (đại diện): for a child or a ward by law, for somebody of age by mandate."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    principal = models.ForeignKey(User, models.PROTECT, related_name="representations_of")
    """For whom (người được đại diện): whose dossiers and results they are."""
    representative = models.ForeignKey(User, models.PROTECT, related_name="representations_held", null=True, blank=True)
    """Who acts; None while nobody brought the code of a mandate."""
    kind = models.CharField(_("căn cứ"), max_length=8, choices=RepresentationKind)
    procedure_codes = models.JSONField(_("thủ tục"), default=list, blank=True)
    """The scope; empty means every procedure."""
    may_use_store = models.BooleanField(_("được dùng giấy tờ trong kho"), default=False)
    """Of a mandate; who represents by law reads the store without it."""
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    """The last day: of a child the one before the eighteenth birthday."""
    proof = models.CharField(_("chứng minh bằng"), max_length=9, choices=RepresentationProof)
    proof_document_id = models.BigIntegerField(null=True, blank=True, editable=False)
    """The paper's key in the store, which lies above this app; papers are never erased from its table."""
    proof_words = models.CharField(_("giấy tờ"), max_length=400, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    """Who said that it is so: who showed the paper, the official, or the principal herself."""
    confirmed_by_name = models.CharField(_("người xác nhận"), max_length=300)
    confirmed_at = models.DateTimeField(_("xác nhận lúc"))
    code_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    """Keyed digest of a mandate's one-time code; emptied when it is taken up."""
    code_expires_at = models.DateTimeField(_("mã hết hạn lúc"), null=True, blank=True)
    ended_at = models.DateTimeField(_("chấm dứt lúc"), null=True, blank=True)
    end_reason = models.CharField(_("lý do chấm dứt"), max_length=11, choices=EndReason, blank=True)
    confirming_agency = models.CharField(
        _("mã cơ quan xác nhận"), max_length=35, blank=True, default="", db_default="", editable=False
    )
    """Code of the agency at whose desk it was confirmed; agencies lie above this app. None of what came before."""
    end_words = models.CharField(_("vì sao chấm dứt"), max_length=300, blank=True, default="", db_default="")
    """Of one that a desk ended: by which paper or decision."""
    ended_by_name = models.CharField(_("người chấm dứt"), max_length=300, blank=True, default="", db_default="")

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("quan hệ đại diện")
        verbose_name_plural = _("quan hệ đại diện")
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "representative", "kind"],
                condition=Q(ended_at__isnull=True, representative__isnull=False)
                & ~Q(proof=RepresentationProof.WRITTEN),
                name="one_open_representation",
            ),
            models.CheckConstraint(
                condition=~Q(proof=RepresentationProof.WRITTEN)
                | Q(kind=RepresentationKind.MANDATE, may_use_store=False, representative__isnull=False),
                name="written_mandate_opens_no_store",
            ),
            models.UniqueConstraint(fields=["code_index"], condition=~Q(code_index=""), name="one_open_mandate_code"),
            models.CheckConstraint(
                condition=Q(representative__isnull=True) | ~Q(representative=models.F("principal")),
                name="nobody_represents_herself",
            ),
            models.CheckConstraint(
                condition=Q(representative__isnull=False, code_index="")
                | Q(representative__isnull=True, kind=RepresentationKind.MANDATE),
                name="represented_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="representation_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[RepresentationKind.CHILD, RepresentationKind.MANDATE])
                | Q(valid_to__isnull=False),
                name="representation_has_last_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="representation_ends_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(proof=RepresentationProof.PAPER, proof_document_id__isnull=False)
                | (~Q(proof=RepresentationProof.PAPER) & Q(proof_document_id__isnull=True)),
                name="representation_names_its_paper",
            ),
        ]
        indexes = [
            models.Index(
                fields=["proof_document_id"],
                name="representation_by_paper",
                condition=Q(proof_document_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.representative or '…'} – {self.principal}"

    @property
    def is_by_law(self) -> bool:
        """Whether nobody gave it."""
        return self.kind in BY_LAW

    @property
    def is_written(self) -> bool:
        """Whether it is a mandate on paper, which counts at the desk where the paper is shown."""
        return self.proof == RepresentationProof.WRITTEN

    @property
    def reads_store(self) -> bool:
        """Whether the whole store of the principal lies open, not only what came of the representative's filings."""
        return self.is_by_law or self.may_use_store

    @property
    def ground_words(self) -> str:
        """What shows that it is so, for who decides a dossier filed by it."""
        return self.proof_words or str(self.get_proof_display())

    def covers(self, procedure_code: str) -> bool:
        """Whether a procedure lies in the scope."""
        return not self.procedure_codes or procedure_code in self.procedure_codes

    def is_in_force(self, day: date) -> bool:
        """As the query says of one row."""
        is_open = self.ended_at is None and self.representative_id is not None
        return is_open and self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)
