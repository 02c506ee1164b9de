"""Forms of officials' sign-in."""

from typing import Any

from allauth.account.forms import LoginForm


class OfficialLoginForm(LoginForm):
    """Username and password; her agency renews an official's password, so no link offers to reset it by e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
