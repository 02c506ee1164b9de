"""The officials' side for tests that see a dossier from both sides."""

from tests.backoffice.conftest import office

__all__ = ["office"]
