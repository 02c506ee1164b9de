"""Errors that a user, an official or an agency's engineer reads.

Each carries a stable code (`dossier.transition_not_allowed`), a message in words that help, and, where a field is at
fault, the field's name with the cure. Pages show the message; the API renders it as RFC 9457 problem details.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

DATABASE_AWAY_SECONDS = 20
"""After a request that the database could not answer, try again no sooner: a restart takes about so long."""


class PortalError(Exception):
    """Base of every error with a meaning for the person who caused it."""

    code = "portal.error"
    status = 400
    message: Text = _("Yêu cầu chưa thực hiện được.")

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, list[Text]] | None = None,
    ) -> None:
        self.message = message if message is not None else type(self).message
        self.code = code or type(self).code
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}
        super().__init__(str(self.message))

    @property
    def texts(self) -> list[Text]:
        """Every sentence said of the fields; of an error without fields, its message."""
        return [text for texts in self.fields.values() for text in texts] or [self.message]

    @property
    def words(self) -> str:
        """The same as one text, in the language of now."""
        return " ".join(map(str, self.texts))


class InvalidInputError(PortalError):
    """A field has a value that cannot be used; `fields` names each one and the cure."""

    code = "input.invalid"
    status = 422
    message = _("Một số thông tin chưa đúng.")


class NotFoundError(PortalError):
    """The thing does not exist, or is not the caller's: the two look alike on purpose."""

    code = "not_found"
    status = 404
    message = _("Không tìm thấy.")


class NotAllowedError(PortalError):
    """The caller is known but may not do this."""

    code = "not_allowed"
    status = 403
    message = _("Bạn không có quyền thực hiện việc này.")


class TransitionError(PortalError):
    """The state of the thing does not allow this step (bảng chuyển trạng thái)."""

    code = "dossier.transition_not_allowed"
    status = 409
    message = _("Trạng thái hiện tại không cho phép thực hiện bước này.")


class ConflictError(PortalError):
    """Somebody else changed the thing, or the same request is still running."""

    code = "conflict"
    status = 409
    message = _("Dữ liệu vừa được người khác thay đổi. Hãy tải lại trang và thử lại.")


class TooManyRequestsError(PortalError):
    """The caller asks too often; `retry_after_seconds` says when to come back."""

    code = "too_many_requests"
    status = 429
    message = _("Bạn thao tác quá nhanh. Hãy thử lại sau ít phút.")

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class UpstreamError(PortalError):
    """An outside system did not answer or answered with an error; nothing was lost on our side."""

    code = "upstream.unavailable"
    status = 503
    message = _("Hệ thống bên ngoài chưa trả lời. Hãy thử lại sau ít phút.")
