"""The envelope around what we tell a partner: type, time and data, always in the same bytes."""

import json
from datetime import datetime
from typing import Any


def body_of(*, type: str, timestamp: datetime, data: dict[str, Any]) -> bytes:
    """Return the JSON body of a message; `timestamp` is when the thing happened here, not when it is sent.

    A partner that gets messages late or twice compares timestamps, so a redrive must not change this one.
    """
    envelope = {"type": type, "timestamp": timestamp.isoformat(), "data": data}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
