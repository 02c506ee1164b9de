"""Which of several papers of one kind is meant (giấy của ai): that of whom the form speaks, before a sibling's."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from datastore.reuse import Fit
from dossiers import subjects
from dossiers.models import Dossier
from portal.core.text import fold

NAMES = "_name"
"""End of the keys of e-forms whose answers name somebody."""


class Spoken:
    """The people and organisations that a dossier speaks of."""

    def __init__(self, dossier: Dossier) -> None:
        about = subjects.told_apart(dossier)
        self.about = fold(about)
        """Whom it is about, where that is not who applies herself."""
        others = {dossier.applicant_name, dossier.organisation.name if dossier.organisation else ""}
        if dossier.owner is not None:
            others.add(dossier.owner.display_name)
        self.names = {fold(name) for name in others | set(_names_in(dossier.answers)) if name}

    def rank(self, fit: Fit) -> int:
        """0 for a paper of whom the dossier is about, 1 for one that may belong to it, 2 for somebody else's."""
        named = fold(fit.document.about_name)
        if self.about and self.about in named:
            return 0
        return 2 if self.is_elses(fit) else 1

    def is_elses(self, fit: Fit) -> bool:
        """Whether a paper names people of whom the dossier says nothing: another child's."""
        named = fold(fit.document.about_name)
        return bool(self.about and named) and not any(name in named for name in self.names)


def in_order(fits: Iterable[Fit], spoken: Spoken, sent_back: Container[int] = ()) -> list[Fit]:
    """The same papers: what can be used first, what was sent back (by primary key) last of it, then by whose it is."""
    return sorted(fits, key=lambda fit: (not fit.fits, fit.document.pk in sent_back, spoken.rank(fit)))


def elses(fits: Iterable[Fit], spoken: Spoken) -> set[int]:
    """Primary keys of the papers of somebody of whom the form says nothing."""
    return {fit.document.pk for fit in fits if spoken.is_elses(fit)}


def _names_in(answers: Mapping[str, Any]) -> Iterable[str]:
    for key, said in answers.items():
        if isinstance(said, str) and key.endswith(NAMES):
            yield said
        elif isinstance(said, Mapping):
            yield from _names_in(said)
        elif isinstance(said, list):
            for row in said:
                if isinstance(row, Mapping):
                    yield from _names_in(row)
