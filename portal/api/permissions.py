"""What a token allows: each view names the scopes its methods need."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

from portal.api.authentication import MachineAccess
from portal.core.errors import NotAllowedError, PortalError


class TokenMissingError(PortalError):
    """The call carries no access token."""

    code = "auth.token_missing"
    status = 401
    message = _("Cần mã truy cập: gửi tiêu đề Authorization: Bearer kèm mã xin ở token_endpoint.")


class ScopeMissingError(NotAllowedError):
    """The token is valid but does not allow this."""

    code = "auth.scope_missing"


class HasRequiredScopes(BasePermission):
    """The scopes of `view.required_scopes[METHOD]` are all in the token; a view that names none is open to nobody."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Raise TokenMissingError or ScopeMissingError, so that the caller reads what is missing."""
        if request.method == "OPTIONS":
            return True
        if not isinstance(request.auth, MachineAccess):
            raise TokenMissingError
        method = "GET" if request.method == "HEAD" else request.method or ""  # RFC 9110: as GET, without the body
        needed = getattr(view, "required_scopes", {}).get(method)
        if needed is None:
            # a method the view does not serve; DRF answers 405 right after
            return not hasattr(view, method.lower())
        require_scopes(request, *needed)
        return True


def require_scopes(request: Request, *needed: str) -> None:
    """Raise ScopeMissingError naming the scopes that the token lacks."""
    missing = [scope for scope in needed if scope not in request.auth.scopes]
    if missing:
        raise ScopeMissingError(_("Mã truy cập thiếu phạm vi: %(scopes)s.") % {"scopes": ", ".join(missing)})
