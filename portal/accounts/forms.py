"""Forms of officials' sign-in and password."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms


class _OwnWordsMixin(forms.Form):
    """Labels, no placeholders; an official's agency renews her password, so no link offers to reset it by e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("password", "oldpassword"):
                field.help_text = ""


class OfficialLoginForm(_OwnWordsMixin, LoginForm):
    """Username and password."""


class OfficialPasswordForm(_OwnWordsMixin, ChangePasswordForm):
    """The old password once, the new one twice."""


class OfficialReauthenticateForm(_OwnWordsMixin, ReauthenticateForm):
    """The password again, before the second factor is changed."""
