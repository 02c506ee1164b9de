"""Which of the portal's one format a caller gets."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

EVERYTHING = frozenset({"", "*/*", "application/json"})


class JSONNegotiation(DefaultContentNegotiation):
    """REST framework's own, but nearly every caller takes what there is, and need not be asked at length."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """Return the renderer and its media type; raises NotAcceptable."""
        renderers = list(renderers)
        if (
            len(renderers) == 1
            and request.META.get("HTTP_ACCEPT", "") in EVERYTHING
            and "format=" not in request.META["QUERY_STRING"]
        ):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)
