"""Which of several papers of one kind is meant (giấy của ai): that of whom the form speaks, before a sibling's."""

from collections.abc import Container, Iterable, Mapping
from enum import IntEnum
from typing import Any

from datastore.reuse import Fit
from dossiers import subjects
from dossiers.models import Dossier
from portal.core.text import fold

NAMES = "_name"
"""End of the keys of e-forms whose answers name somebody."""


class Belonging(IntEnum):
    """Whose a paper is, as far as its name says; the lower, the sooner it is offered."""

    THE_SUBJECTS = 0
    """Hers of whom the dossier is about."""
    UNTOLD = 1
    """It may belong to the dossier."""
    A_STRANGERS = 2
    """It names only people of whom the dossier says nothing: another child's."""


class NamedPeople:
    """The people and organisations that a dossier names."""

    def __init__(self, dossier: Dossier) -> None:
        about = subjects.told_apart(dossier)
        self.about = fold(about)
        """Whom it is about, where that is not who applies herself."""
        others = {dossier.applicant_name, dossier.organisation.name if dossier.organisation else ""}
        if dossier.owner is not None:
            others.add(dossier.owner.display_name)
        self.names = {fold(name) for name in others | set(_names_in(dossier.answers)) if name}

    def belonging(self, fit: Fit) -> Belonging:
        """Whose a paper is."""
        named = fold(fit.document.about_name)
        if not self.about or not named:
            return Belonging.UNTOLD
        if self.about in named:
            return Belonging.THE_SUBJECTS
        return Belonging.UNTOLD if any(name in named for name in self.names) else Belonging.A_STRANGERS


def in_order(fits: Iterable[Fit], people: NamedPeople, sent_back: Container[int] = ()) -> list[Fit]:
    """The same papers: what can be used first, what was sent back (by primary key) last of it, then by whose it is."""
    return sorted(fits, key=lambda fit: (not fit.fits, fit.document.pk in sent_back, people.belonging(fit)))


def of_strangers(fits: Iterable[Fit], people: NamedPeople) -> set[int]:
    """Primary keys of the papers of somebody of whom the form says nothing."""
    return {fit.document.pk for fit in fits if people.belonging(fit) == Belonging.A_STRANGERS}


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
