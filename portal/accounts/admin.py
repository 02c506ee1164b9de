"""Accounts in the back office: officials are made here, citizens are only read, their numbers masked."""

from typing import Any

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import admin_signing_in, admin_systems  # noqa: F401 - register themselves
from portal.accounts.models import CitizenProfile, Organisation, OrganisationMember, User
from portal.core.admin import AskedByFiltersOnly, ServiceOwnedAdmin
from portal.core.masking import mask_email, mask_personal_id, mask_phone


class OfficialCreationForm(BaseUserCreationForm):
    """A new official: name and first password; the second factor is set up at the first sign-in."""

    class Meta:
        model = User
        fields = ("username", "display_name")

    display_name = forms.CharField(label=_("Họ tên"), max_length=200)


@admin.register(User)
class OfficialAdmin(UserAdmin):
    """Accounts; only the whole system's administrator opens this list."""

    add_form = OfficialCreationForm
    add_form_template = None
    list_display = ("username", "display_name", "is_official", "is_active", "last_login")
    list_filter = ("is_official", "is_active", "is_superuser")
    search_fields = ("username", "display_name")
    ordering = ("username",)
    filter_horizontal = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    readonly_fields = ("last_login", "date_joined", "is_superuser")
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name")}),
        (_("Quyền"), {"fields": ("is_active", "is_official", "is_superuser")}),
        (_("Lần vào"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "display_name", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Who is made here is an official; citizens come through VNeID."""
        if not change:
            obj.is_official = obj.is_staff = True
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are deactivated: what a person did stays hers."""
        return False


class PersonAdmin(ServiceOwnedAdmin):
    """Personal data from VNeID: read only, numbers masked."""

    @admin.display(description=_("số định danh"))
    def masked_id(self, person: CitizenProfile) -> str:
        """The number's last figures."""
        return mask_personal_id(person.personal_id)

    @admin.display(description=_("điện thoại"))
    def masked_phone(self, person: Any) -> str:
        """The telephone's last figures."""
        return mask_phone(person.phone)

    @admin.display(description=_("thư điện tử"))
    def masked_email(self, person: Any) -> str:
        """The address's first letter and domain."""
        return mask_email(person.email)


@admin.register(CitizenProfile)
class CitizenAdmin(PersonAdmin):
    """Citizens as VNeID told of them."""

    exclude = ("personal_id", "personal_id_index", "phone", "email", "technical_id", "date_of_birth", "address_line")
    readonly_fields = ("masked_id", "masked_phone", "masked_email")
    list_display = ("full_name", "masked_id", "identity_level", "confirmed_at")
    list_filter = ("identity_level",)
    search_fields = ("full_name",)
    ordering = ("-pk",)


@admin.register(Organisation)
class OrganisationAdmin(ServiceOwnedAdmin):
    """Organisations with an account."""

    list_display = ("name", "tax_code", "commune_code")
    search_fields = ("name", "tax_code")
    ordering = ("name", "pk")


@admin.register(OrganisationMember)
class OrganisationMemberAdmin(ServiceOwnedAdmin):
    """Who acts for which organisation."""

    list_display = ("user", "organisation", "role", "valid_from", "valid_to")
    list_select_related = ("user", "organisation")
    list_filter = ("role",)
    ordering = ("-pk",)


admin.site.unregister([EmailAddress])  # allauth's own list, whose columns speak English only


@admin.register(EmailAddress)
class AddressAdmin(AskedByFiltersOnly, EmailAddressAdmin):
    """Addresses of accounts, and which of them were confirmed."""

    actions = EmailAddressAdmin.actions
    actions_selection_counter = False  # its script speaks words of the library's own
    words = {"verified": _("đã xác minh"), "primary": _("địa chỉ chính")}
