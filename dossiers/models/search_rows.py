"""What an official finds a dossier by (dòng tra cứu): names and telephone, beside it in a narrow table of its own."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossiers import Dossier
from portal.agencies.models import Agency


class SearchRow(models.Model):
    """The names and the telephone of one submitted dossier, written with its filing and when they change.

    Beside the dossier's row, since every status rewrites all indexes of that one, and names hardly ever change.
    """

    dossier = models.OneToOneField(Dossier, models.CASCADE, primary_key=True, related_name="search_row")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    """The dossier's agency, so that a name is looked for among the dossiers of one; who may see it is asked of it."""
    names = models.TextField(_("tên"))
    """Words of all names in small letters, with their marks: a blank before each word and between names, too."""
    folded = models.TextField(_("tên không dấu"))
    """The same words without marks."""
    phone = models.CharField(_("số điện thoại"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("dòng tra cứu hồ sơ")
        verbose_name_plural = _("dòng tra cứu hồ sơ")
        indexes = [
            # with the words: those of a small agency are read from here, however many dossiers the country has
            models.Index(fields=["agency", "-dossier"], name="search_row_of_agency", include=["names", "folded"]),
            models.Index(fields=["phone"], name="search_row_by_phone", condition=~Q(phone="")),
            GinIndex(
                fields=["agency", "folded"],
                name="search_row_by_name",
                opclasses=["int8_ops", "gin_trgm_ops"],
            ),
        ]

    def __str__(self) -> str:
        return str(self.dossier)
