"""Which of its procedure's results a dossier yields (loại kết quả): Phiếu số 2 for who asked for number 2."""

from dataclasses import dataclass
from datetime import date

from datastore.models import ResultTemplateVersion
from datastore.results import answers, templates
from datastore.results.answers import Values
from dossiers.models import Dossier
from procedures.models import ResultType


def kind_of(
    dossier: Dossier, values: Values | None, *, on: date
) -> tuple[ResultType | None, ResultTemplateVersion | None]:
    """The result and its template in force on a day: that whose template asks for these answers, else the usual one.

    None for a dossier of an unknown procedure, and where the kind of paper has no template; without values (a dossier
    that was reported and never filled in) the usual one.
    """
    return offered(dossier, on=on, with_templates=values is not None).chosen(values)


@dataclass(frozen=True, slots=True)
class Offered:
    """The results of a procedure, the usual one first, with the templates in force on a day."""

    kinds: list[ResultType]
    in_force: dict[str, ResultTemplateVersion]

    def chosen(self, values: Values | None) -> tuple[ResultType | None, ResultTemplateVersion | None]:
        """That whose template asks for these answers, else the usual one."""
        if not self.kinds or values is None:
            return (self.kinds[0] if self.kinds else None), None
        codes = [found.document_type for found in self.kinds if found.document_type]
        chosen = templates.choose(codes, self.in_force, values)
        kind = next((found for found in self.kinds if found.document_type == chosen), self.kinds[0])
        return kind, self.in_force.get(kind.document_type)


def offered(dossier: Dossier, *, on: date, with_templates: bool = True) -> Offered:
    """Read them once for several sets of answers; two queries."""
    kinds = list(dossier.rules.results.order_by("-is_default", "position")) if dossier.rules else []
    codes = [found.document_type for found in kinds if found.document_type]
    return Offered(kinds, templates.in_force(codes, dossier.procedure_code, on) if kinds and with_templates else {})


def of_filed(dossier: Dossier, *, on: date) -> ResultType | None:
    """The result that a dossier's own answers ask for, whoever makes the paper."""
    version = dossier.procedure_version
    values = answers.values_of(version, dossier.answers, on=on) if version is not None else None
    return kind_of(dossier, values, on=on)[0]
