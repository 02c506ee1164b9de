"""What a result says of the person whom it is about (người được nêu trong kết quả): a child, a deceased, a spouse."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from portal.core.identifiers import FEMALE, MALE, IdentifierError, clean_personal_id
from portal.core.text import fold

WHO = ("child", "subject")
"""Prefixes of answers about a person other than who applies."""


def about(texts: Mapping[str, str], *, number: str = "") -> dict[str, str]:
    """Name, day of birth, sex and number of the person whom a paper is about, as forms take them.

    `texts` are the paper's values in words. Empty for a paper about who applies: her account says the same.
    """
    for who in WHO:
        name = texts.get(f"{who}_full_name", "")
        if not name:
            continue
        found = {"name": name}
        with suppress(ValueError):  # a year alone, as on old papers
            day = datetime.strptime(texts.get(f"{who}_date_of_birth", ""), "%d/%m/%Y")  # noqa: DTZ007 - a day, no moment
            found["date_of_birth"] = f"{day:%Y-%m-%d}"
        found["gender"] = {"nam": MALE, "nu": FEMALE}.get(fold(texts.get(f"{who}_gender", "")), "")
        with suppress(IdentifierError):
            found["personal_id"] = clean_personal_id(number or texts.get(f"{who}_personal_id", ""))
        return {key: value for key, value in found.items() if value}
    return {}
