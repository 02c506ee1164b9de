"""What parts of a form are called where an editor chooses or compares them: by words, told apart by their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from portal.core.language import pair_text

Key = TypeVar("Key", bound=Hashable)


def apart(titles: Mapping[Key, str], around: Mapping[Key, str], keys: Mapping[Key, str]) -> dict[Key, str]:
    """The titles; of one that several have, where each stands, and only where that does not tell them its key."""
    sharing: defaultdict[str, list[Key]] = defaultdict(list)
    for place, title in titles.items():
        sharing[title].append(place)
    named = dict(titles)
    for title, places in sharing.items():
        stand = [around.get(place, "") for place in places]
        for place in places if len(places) > 1 else ():
            is_told = all(stand) and stand.count(around[place]) == 1
            named[place] = f"{title} ({around[place] if is_told else keys[place]})"
    return named


def around_fields(form: Mapping[str, Any]) -> dict[str, str]:
    """Where each question stands, by its key: its page, and its section where that has a name of its own."""
    found: dict[str, str] = {}
    for page in form.get("pages") or ():
        title = pair_text(page.get("title") or {})
        for group in page.get("groups") or ():
            section = pair_text(group.get("title") or {})
            words = f"{title} / {section}" if section and section != title else title
            found |= {field["key"]: words for field in group.get("fields") or ()}
    return found
