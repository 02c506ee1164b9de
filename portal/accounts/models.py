"""People who sign in: citizens and organisations through VNeID, officials with password and second factor."""

from datetime import date
from typing import Self
from uuid import UUID, uuid5

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
    """An official copied it from the card; the person has not signed in yet."""
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
