"""The bytes of a message to a partner: made once from the row, the same at every try."""

import json
from typing import Any


def body_of(payload: dict[str, Any]) -> bytes:
    """Return the JSON body. `type`, `timestamp` and `data` come from whoever wrote the row.

    The timestamp is when the thing happened, not when it is sent: partners compare it when messages come late or twice.
    """
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
