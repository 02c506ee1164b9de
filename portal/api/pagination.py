"""Cursor pages: a listing at a hundred million rows costs what it costs at a hundred."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from portal.core.text import whole_number


class CursorPage(CursorPagination):
    """Newest first by primary key."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Any:
        """The position to go on from: a number, since that is all we give out; another one is not ours."""
        cursor = super().decode_cursor(request)
        position = "" if cursor is None or cursor.position is None else str(cursor.position)
        if position and whole_number(position) is None:
            raise NotFound(self.invalid_cursor_message)
        return cursor
