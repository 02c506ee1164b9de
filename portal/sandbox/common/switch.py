"""The failure switch: how this program behaves towards everybody, until told otherwise or restarted."""

from dataclasses import dataclass

MODES = ("ok", "slow", "down")


@dataclass
class FailureSwitch:
    mode: str = "ok"


switch = FailureSwitch()
