"""Which values a coming paper leaves out because nobody knows them (chỗ để trống), and that nobody writes such words.

The template says which they may be ([[ … ]]); what was declared and what was put right are asked alike, as the paper is
made from both.
"""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.results import answers, composing, paper_language
from dossiers import result_kinds
from dossiers.models import Dossier
from portal.core.errors import InvalidInputError, Text

_NOT_A_WORD = _("“%(text)s” không in trên kết quả được. Hãy ghi đúng như trong sổ; sổ không có thì để trống.")


def keys(dossier: Dossier, *corrections: Mapping[str, str]) -> list[str]:
    """The answers that its paper leaves out once these values are put right on it; none where it has no template.

    Of several sets of values those of each, one after the other.
    """
    version, on = dossier.procedure_version, timezone.localdate()
    if version is None:
        return []
    filed, offered = answers.values_of(version, dossier.answers, on=on), result_kinds.offered(dossier, on=on)
    found: list[str] = []
    for changes in corrections:
        values = filed.beside(answers.changed(filed, changes))
        _kind, template = offered.chosen(values)
        found += composing.unsaid(paper_language.read(template.body), values) if template is not None else []
    return found


def require_words(dossier: Dossier, standing: Mapping[str, str], changed: Mapping[str, str]) -> None:
    """Raise InvalidInputError, by key, for changed values by which an official says that there is none."""
    nothing = {key: text for key, text in changed.items() if text and composing.says_nothing(text)}
    if not nothing:
        return
    gone = keys(dossier, {**standing, **changed})
    refused: dict[str, list[Text]] = {
        key: [_NOT_A_WORD % {"text": text}] for key, text in nothing.items() if key in gone
    }
    if refused:
        raise InvalidInputError(fields=refused)


def printed(dossier: Dossier, corrections: Mapping[str, str]) -> dict[str, str]:
    """Corrections as the paper prints them: empty where it leaves their words out."""
    nothing = {key for key, text in corrections.items() if text and composing.says_nothing(text)}
    gone = nothing.intersection(keys(dossier, corrections)) if nothing else nothing
    return {key: "" if key in gone else text for key, text in corrections.items()}
