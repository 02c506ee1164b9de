"""Pieces of addresses that Django's own converters do not know."""

from django.urls import register_converter


class DossierCode:
    """A dossier code as a piece of an address. Other systems' codes are any text (protocol §3.3), a slash too.

    Written as in RFC 6901: `~1` is a slash, `~0` a tilde.
    """

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """The code."""
        return value.replace("~1", "/").replace("~0", "~")

    def to_url(self, value: str) -> str:
        """The code as it stands in an address."""
        return str(value).replace("~", "~0").replace("/", "~1")


register_converter(DossierCode, "dossier")
