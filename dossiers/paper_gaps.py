"""What a coming paper leaves out because the applicant did not know it (chỗ chưa rõ), and what the register says.

Whoever has lost a paper knows neither its number nor its day: the form takes that, and the certificate must not print
the word “không rõ”. Who proposes looks into the register; what she writes goes onto the paper as a correction does,
while the declaration stays as it was declared. Which values these are is said by the template ([[ … ]]).
"""

from collections.abc import Mapping

from datastore.results import answers, composing
from dossiers import draft_checks, left_out, paper_words
from dossiers.models import Dossier, ResultDraft
from dossiers.paper_statements import TEXT_LENGTH, Statement
from portal.core.text import clean_block

FIELD = "written"
"""Key in the data of a proposal: the names of what was written from the register."""


def of(dossier: Dossier) -> list[Statement]:
    """Each value that the paper leaves out, with what an official wrote for it; none where another system decides.

    Left out as it was declared or as it was put right: what stays without words is not on the paper.
    """
    version = dossier.procedure_version
    if version is None or not dossier.is_decided_here:
        return []
    written = draft_checks.corrections_of(dossier)
    keys = dict.fromkeys(left_out.keys(dossier, {}, written) if written else left_out.keys(dossier, {}))
    labels = answers.known_of([version]).fields if keys else {}
    return [
        Statement(key, labels[key], _printed(written.get(key, "")))
        for key in keys
        if key in labels and key not in answers.OF_THE_RESULT
    ]


def _printed(text: str) -> str:
    return "" if composing.says_nothing(text) else text


def checked(dossier: Dossier, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed for the gaps, as the paper writes it; raises InvalidInputError by key as the form would."""
    keys = {gap.key for gap in of(dossier)}
    said = {key: clean_block(text)[:TEXT_LENGTH] for key, text in typed.items() if key in keys}
    standing = {key: text for key, text in draft_checks.corrections_of(dossier).items() if key not in said}
    left_out.require_words(dossier, standing, said)
    right = paper_words.checked(dossier, standing, {key: text for key, text in said.items() if text})
    return dict.fromkeys(said, "") | right


def write(dossier: Dossier, typed: Mapping[str, str]) -> dict[str, list[str]]:
    """Keep what the register says, under the row's lock; what the event keeps: the names, where something changed.

    What the form reckons from it is kept with it. Raises TransitionError once the applicant has confirmed the draft
    that nobody signs without: what she confirmed is changed by a correction, which is sent to her again.
    """
    gaps, standing = {gap.key: gap for gap in of(dossier)}, draft_checks.corrections_of(dossier)
    right = checked(dossier, typed)
    kept = {**standing, **right}
    emptied = {key for key in right if not kept[key]}
    if emptied:  # what was declared unknown needs no empty word beside it; what was known and put right to none does
        unknown = left_out.keys(dossier, {})
        kept = {key: text for key, text in kept.items() if key not in emptied or key not in unknown}
    if kept == standing:
        return {}
    changed = {key for key, text in right.items() if text != _printed(standing.get(key, ""))}
    if changed:  # an old “không có” that goes changes nothing on the paper
        draft_checks.require_unconfirmed(dossier)
    ResultDraft.objects.update_or_create(dossier=dossier, defaults={"corrections": kept})
    if changed:
        draft_checks.overtake_agreed(dossier)
    return {FIELD: [gap.label for key, gap in gaps.items() if key in changed]} if changed else {}
