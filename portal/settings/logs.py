"""Structured logs: an event name and keywords, one JSON object a line, never personal data."""

import re
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

SECRET_IN_ADDRESS = re.compile(r"(/chia-se/|/truc-mc/)[\w.-]{20,}", re.IGNORECASE)
"""The link of a shared document opens it for whoever reads it, and the key in a system's address reports for it: Django
logs the address of every refused request."""


def without_secrets(logger: object, name: str, event: Any) -> Any:
    """Leave the secret part of a shared link, or of a system's address, out of a log line (a structlog processor)."""
    event["event"] = SECRET_IN_ADDRESS.sub(r"\1…", str(event.get("event", "")))
    return event


def logging_config(level: str) -> dict[str, Any]:
    """Configure structlog, once in a process, and return Django's LOGGING, which renders both kinds of records.

    Loggers in use keep the processors of their first line: a second call would split them from newer ones.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
            "fontTools": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            # two lines for each sweep of each queue, every five seconds, would bury everything else
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }
