"""What the population database is told of a birth, and what it answers (cấp số định danh cá nhân)."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Newborn:
    """A birth that is being registered; the same reference always gets the same number."""

    reference: str
    full_name: str
    date_of_birth: date
    is_male: bool
    province_code: str
    """Where the birth is registered: the number begins with it (Luật Căn cước 26/2023/QH15 art. 12)."""


class PopulationRegister(Protocol):
    """One way to the population database."""

    def assign(self, newborn: Newborn) -> str:
        """The personal identification number; asked again it is the same one.

        Raises UpstreamError where no usable answer comes: it is asked again later.
        """
        ...
