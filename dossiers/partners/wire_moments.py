"""Times as the systems of the DVCQG wire format write them (protocol §3): what is clear is read, the rest is not.

Pure: no database, no clock.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
YEARS = range(1990, 2100)

_STAMPS = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}
"""By length: strptime would read twelve figures as fourteen."""
_WRITTEN = tuple(f"{day}{time}" for day in ("%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d") for time in (" %H:%M:%S", " %H:%M", ""))
_HALVES = {"SA": "AM", "CH": "PM"}
"""Sáng and chiều, as .NET writes a time in Vietnamese. With AM or PM it writes the month first: that is not clear."""
_IN_HALVES = "%d/%m/%Y %I:%M:%S %p"
_COUNTED = re.compile(r"\d{13}")  # milliseconds since 1970, as Java and JavaScript write
_FRACTION = re.compile(r"\.(\d{6})\d+")
_DOTNET = re.compile(r"/Date\((-?\d{1,13})(?:[+-]\d{4})?\)/")  # milliseconds since 1970, as older .NET writes


def read_moment(text: str) -> datetime | None:
    """Read yyyyMMddHHmmss, its shorter forms, dd/MM/yyyy, ISO 8601, /Date(…)/ and milliseconds since 1970.

    Vietnam's time where there is no offset.
    """
    if counted := _DOTNET.fullmatch(text) or _COUNTED.fullmatch(text):
        moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(counted.group(counted.lastindex or 0)))
        return moment if moment.year in YEARS else None
    figures = text.removesuffix(".0").removesuffix(".000")
    forms = (_STAMPS.get(len(figures), ""),) if figures.isdigit() else _WRITTEN
    if half := _HALVES.get(text[-2:].upper()):
        figures, forms = f"{text[:-2]}{half}", (_IN_HALVES,)
    at: datetime | None = None
    for form in forms:
        try:
            at = datetime.strptime(figures, form)  # noqa: DTZ007 - the zone follows below
            break
        except ValueError:
            continue
    if at is None:
        try:
            # .NET writes seven decimals, Python reads six
            at = datetime.fromisoformat(_FRACTION.sub(r".\1", text))
        except ValueError:
            return None
    if at.year not in YEARS:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=HERE)).astimezone(UTC)
