"""What a coming paper leaves out because the applicant did not know it (chỗ chưa rõ), and what the register says.

Whoever has lost a paper knows neither its number nor its day: the form takes that, and the certificate must not print
the word “không rõ”. Who proposes looks into the register; what she writes goes onto the paper as a correction does,
while the declaration stays as it was declared. Which values these are is said by the template ([[ … ]]).
"""

from collections.abc import Mapping

from django.utils import timezone

from datastore.results import answers, composing, paper_language
from dossiers import draft_checks, paper_words, result_kinds
from dossiers.models import Dossier, ResultDraft
from dossiers.paper_statements import TEXT_LENGTH, Statement
from portal.core.text import clean_block

FIELD = "written"
"""Key in the data of a proposal: the names of what was written from the register."""


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
        Statement(key, labels[key], written.get(key, ""))
        for key in keys
        if key in labels and key not in answers.OF_THE_RESULT
    ]


def left_out(dossier: Dossier) -> list[str]:
    """The names of what the paper will still not say."""
    return [gap.label for gap in of(dossier) if not gap.text]


def checked(dossier: Dossier, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed for the gaps, as the paper writes it; raises InvalidInputError by key as the form would."""
    keys = {gap.key for gap in of(dossier)}
    said = {key: clean_block(text)[:TEXT_LENGTH] for key, text in typed.items() if key in keys}
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
