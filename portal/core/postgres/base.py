"""`ENGINE = "portal.core.postgres"`; Django looks for DatabaseWrapper in this module."""

import select
from typing import Any

from django_prometheus.db.backends.postgresql import base

from portal.core import lock_waits


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the server whether it is still there only when the socket gives reason to; waits for no row for ever."""

    def get_connection_params(self) -> dict[str, Any]:
        """As Django, and how long this process waits for a row; a pooler takes no such option."""
        params: dict[str, Any] = super().get_connection_params()
        if params.get("prepare_threshold") is not None:
            params["options"] = lock_waits.with_option(params.get("options", ""))
        return params

    def is_usable(self) -> bool:
        """Look at the socket before a request's first statement (CONN_HEALTH_CHECKS).

        A server that stopped or restarted has closed its end, which shows as something to read; on a quiet socket
        Django's own `SELECT 1` would only cost a round trip in every request.
        """
        if self.connection is not None and not self.connection.closed:
            poll = select.poll()
            poll.register(self.connection.pgconn.socket, select.POLLIN | select.POLLERR | select.POLLHUP)
            if not poll.poll(0):
                return True
        return bool(super().is_usable())
