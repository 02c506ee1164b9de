"""What a coming paper leaves out because the applicant did not know it (chỗ chưa rõ), and what the register says.

Whoever has lost a paper knows neither its number nor its day: the form takes that, and the certificate must not print
the word “không rõ”. Who proposes looks into the register; what she writes goes onto the paper as a correction does,
while the declaration stays as it was declared. Which values these are is said by the template ([[ … ]]).
"""

import re
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.results import answers, composing, paper_language
from dossiers import draft_checks, paper_words, result_kinds
from dossiers.models import Dossier, ResultDraft
from dossiers.paper_statements import TEXT_LENGTH, Statement
from portal.core.errors import InvalidInputError
from portal.core.text import clean_block, fold

FIELD = "written"
"""Key in the data of a proposal: the names of what was written from the register."""
_NOTHING = re.compile(r"((khong|chua) (co|thay|tim thay|tra thay|ghi)\b.*|n/?a|)\W*", re.DOTALL)
"""How officials write that the register does not say it either, beside what composing.says_unknown knows."""
_NOT_A_WORD = _("“%(text)s” không in trên kết quả được. Hãy ghi đúng như trong sổ; sổ không có thì để trống.")


def of(dossier: Dossier) -> list[Statement]:
    """Each value that the paper leaves out, with what an official wrote for it; none where another system decides."""
    version, on = dossier.procedure_version, timezone.localdate()
    if version is None or not dossier.is_decided_here:
        return []
    values = answers.values_of(version, dossier.answers, on=on)
    _kind, template = result_kinds.kind_of(dossier, values, on=on)
    if template is None:
        return []
    keys = composing.unsaid(paper_language.read(template.body), values)
    labels = answers.known_of([version]).fields if keys else {}
    written = draft_checks.corrections_of(dossier) if keys else {}
    return [
        Statement(key, labels[key], "" if _says_nothing(written.get(key, "")) else written[key])
        for key in keys
        if key in labels and key not in answers.OF_THE_RESULT
    ]


def _says_nothing(text: str) -> bool:
    return composing.says_unknown(text) or _NOTHING.fullmatch(fold(text)) is not None


def checked(dossier: Dossier, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed for the gaps, as the paper writes it; raises InvalidInputError by key as the form would."""
    keys = {gap.key for gap in of(dossier)}
    said = {key: clean_block(text)[:TEXT_LENGTH] for key, text in typed.items() if key in keys}
    if nothing := {key: text for key, text in said.items() if text and _says_nothing(text)}:
        raise InvalidInputError(fields={key: [_NOT_A_WORD % {"text": text}] for key, text in nothing.items()})
    standing = {key: text for key, text in draft_checks.corrections_of(dossier).items() if key not in said}
    right = paper_words.checked(dossier, standing, {key: text for key, text in said.items() if text})
    return dict.fromkeys(said, "") | right


def write(dossier: Dossier, typed: Mapping[str, str]) -> dict[str, list[str]]:
    """Keep what the register says, under the row's lock; what the event keeps: the names, where something changed.

    What the form reckons from it is kept with it. Raises TransitionError once the applicant has confirmed the draft
    that nobody signs without: what she confirmed is changed by a correction, which is sent to her again.
    """
    gaps, standing = {gap.key: gap for gap in of(dossier)}, draft_checks.corrections_of(dossier)
    changed = {
        key: text
        for key, text in checked(dossier, typed).items()
        if text != (gaps[key].text if key in gaps else standing.get(key, ""))
    }
    if not changed:
        return {}
    draft_checks.require_unconfirmed(dossier)
    draft, _is_new = ResultDraft.objects.get_or_create(dossier=dossier)
    draft.corrections = {key: text for key, text in {**draft.corrections, **changed}.items() if text}
    draft.save(update_fields=["corrections"])
    draft_checks.overtake_agreed(dossier)
    return {FIELD: [gap.label for key, gap in gaps.items() if key in changed]}
