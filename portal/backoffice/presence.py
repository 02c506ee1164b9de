"""Who has a dossier open now (ai đang mở hồ sơ): for less than two minutes in the cache, and nowhere else.

It only helps people not to work side by side: nothing is locked by it, and what is written is compared under the row's
lock (portal.backoffice.passages). A cache that is away knows of nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.models import Dossier
from portal.accounts.models import User

KEPT_SECONDS = 100
"""How long an open page counts after it was last heard of."""
ASKED_EVERY_SECONDS = 40
"""How often a page with scripts says that it is still open; one of its words may be lost."""
Known = dict[int, tuple[str, float, float]]
"""By official: name, since when and when last heard of, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else who has the dossier open."""

    name: str
    since: datetime

    @property
    def words(self) -> str:
        """In a sentence."""
        clock = f"{timezone.localtime(self.since):%H:%M}"
        return _("%(name)s đang mở hồ sơ này từ %(clock)s.") % {"name": self.name, "clock": clock}


def note(dossier: Dossier, user: User) -> list[Present]:
    """Keep that she has it open, and return who else has.

    Two who open it in the same moment may miss each other until one of their pages is heard of again.
    """
    now, known = timezone.now().timestamp(), _known(dossier)
    since = known[user.pk][1] if user.pk in known else now
    cache.set(_key(dossier), known | {user.pk: (str(user), since, now)}, KEPT_SECONDS)
    return _others(known, user)


def others(dossier: Dossier, user: User | None) -> list[Present]:
    """Who else has it open, longest first."""
    return _others(_known(dossier), user)


def in_words(present: Iterable[Present]) -> str:
    """A sentence for each."""
    return " ".join(one.words for one in present)


def _known(dossier: Dossier) -> Known:
    oldest = timezone.now().timestamp() - KEPT_SECONDS
    kept: Known = cache.get(_key(dossier)) or {}
    return {pk: one for pk, one in kept.items() if one[2] > oldest}


def _others(known: Known, user: User | None) -> list[Present]:
    found = [one for pk, one in known.items() if user is None or pk != user.pk]
    return [
        Present(name, datetime.fromtimestamp(since, UTC)) for name, since, _seen in sorted(found, key=lambda o: o[1])
    ]


def _key(dossier: Dossier) -> str:
    return f"open-now:{dossier.pk}"
