"""At which agency an official with posts at several does what belongs to no dossier (làm ở cơ quan nào)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.agencies.actors import Actor
from portal.agencies.memberships import acting_by
from portal.agencies.models import Membership
from portal.backoffice.officials import Official

FIELD = "agency"


class AgencyChoiceForm(forms.Form):
    """Asks for the agency where there are several, and for nothing where there is one."""

    def __init__(self, *args: Any, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.official = official
        self.posts: dict[str, Membership] = {}
        # of two posts at one agency the first: every working post may scan, and only the agency is written down
        for post in official.working_posts:
            self.posts.setdefault(str(post.agency_id), post)
        if len(self.posts) > 1:
            self.fields[FIELD] = forms.ChoiceField(
                label=_("Bạn đang làm cho cơ quan nào?"),
                help_text=_("Bản quét thuộc cơ quan được chọn; cán bộ của cơ quan đó đối chiếu và ký xác nhận."),
                choices=[(key, post.agency.name) for key, post in self.posts.items()],
                widget=forms.RadioSelect,
                error_messages={"required": _("Hãy chọn cơ quan.")},
            )

    @property
    def actor(self) -> Actor:
        """Who she is at the agency that was chosen, or at her only one; of a valid form."""
        chosen = self.cleaned_data[FIELD] if FIELD in self.fields else next(iter(self.posts))
        return acting_by(self.official.user, self.posts[chosen])
