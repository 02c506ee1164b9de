"""`ENGINE = "portal.core.postgres"`; Django looks for DatabaseWrapper in this module."""

import select

from django_prometheus.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the server whether it is still there only when the socket gives reason to."""

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
