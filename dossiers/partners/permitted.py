"""What a system must be allowed before a report of it counts (phạm vi), whichever way the report comes.

What it pushes is bound by its token. What it is asked for, or lays into its folder, is bound by the same scopes: being
asked gives nobody more than asking to be heard does.
"""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from portal.agencies import credentials
from portal.agencies.credentials import RESULTS, REVOKES, WRITES
from portal.agencies.models import ApiClient
from portal.core.errors import NotAllowedError

TAKES_BACK = frozenset({"replace_result", "revoke_result"})
"""Steps that end what a paper in somebody's hands is worth: a system that reports progress need not be able to."""


class NotPermittedError(NotAllowedError):
    """The system may not report this; an official reads why, and who can change it."""

    code = "auth.scope_missing"


def needed(event: str, *, has_result: bool) -> list[str]:
    """The scopes for a status event."""
    return [WRITES, *([RESULTS] if has_result else []), *([REVOKES] if event in TAKES_BACK else [])]


def missing(scopes: Collection[str], event: str, *, has_result: bool) -> list[str]:
    """Those of the needed scopes that are not among these."""
    return [scope for scope in needed(event, has_result=has_result) if scope not in scopes]


def require(client: ApiClient, event: str = "", *, has_result: bool) -> None:
    """Raise NotPermittedError where the system may not report this by itself; an event, or a status without a name."""
    lacking = missing(credentials.reporting_scopes(client), event, has_result=has_result)
    if lacking:
        words = _(
            "Hệ thống không được báo việc này: thiếu phạm vi %(scopes)s. Nếu đúng là được phép, đơn vị vận hành Cổng "
            "cấp thêm phạm vi cho hệ thống rồi bấm Thử lại; nếu không, hãy trao đổi với đơn vị vận hành hệ thống."
        )
        raise NotPermittedError(words % {"scopes": ", ".join(lacking)})
