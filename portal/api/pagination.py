"""Cursor pages: a listing at a hundred million rows costs what it costs at a hundred."""

from rest_framework.pagination import CursorPagination


class CursorPage(CursorPagination):
    """Newest first by primary key."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200
