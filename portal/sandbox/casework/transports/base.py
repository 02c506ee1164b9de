"""What a transport must do."""

from dataclasses import dataclass
from typing import Protocol

from portal.sandbox.casework.actions import Action
from portal.sandbox.casework.models import Push


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt: delivered; refused, so that an official must look; or worth trying again."""

    kind: str
    detail: str = ""

    @classmethod
    def delivered(cls, detail: str = "") -> "Outcome":
        return cls("delivered", detail)

    @classmethod
    def refused(cls, detail: str) -> "Outcome":
        return cls("refused", detail)

    @classmethod
    def retry(cls, detail: str) -> "Outcome":
        return cls("retry", detail)


class Transport(Protocol):
    unit: str
    leader: str
    number_suffix: str
    is_asked: bool
    """Whether the portal asks this system; it then sends nothing by itself."""

    def bearer(self) -> str:
        """Return the token with which papers are fetched; raises httpx.HTTPError when none can be had."""
        ...

    def forget(self, token: str) -> None:
        """Drop a token the portal refused."""
        ...

    def steps(self, action: Action) -> list[Action]:
        """Return the status events that tell the portal of one decision, in order."""
        ...

    def deliver(self, push: Push) -> Outcome:
        """Try once to deliver; raises httpx.HTTPError when the portal cannot be reached."""
        ...
