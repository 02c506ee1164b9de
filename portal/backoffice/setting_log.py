"""The log of every setting of an agency (nhật ký cài đặt): posts, calendar, rules, templates, policies, systems.

Whose second factor was taken away stands in it, too, and who published or closed a procedure or a result's template.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from datastore.models import ResultTemplate
from portal.agencies.administration import AgencyScoped
from portal.agencies.models import ApiClient, SigningDelegation
from portal.backoffice import systems
from portal.backoffice.officials import Official
from procedures.models import FormDraft, Procedure, SheetDraft

PAGE_SIZE = 50
ACTIONS = {ADDITION: _("thêm"), CHANGE: _("sửa"), DELETION: _("xóa")}


@dataclass(frozen=True, slots=True)
class Row:
    """One change in words."""

    at: datetime
    who: str
    kind: str
    what: str
    action: str
    values: list[list[str]]
    """[label, before, after]"""
    words: str
    """What was written instead of values, for a partner's system."""


def entries(official: Official) -> "QuerySet[LogEntry]":
    """Changes of settings of the agencies she administers; the whole system's administrator reads all."""
    scoped = [model for model, kept in admin.site._registry.items() if isinstance(kept, AgencyScoped)]
    others = [
        Authenticator,
        Procedure,
        SheetDraft,
        FormDraft,
        ResultTemplate,
        SigningDelegation,
    ]  # second_factors.py, procedures.desk_log, template_log.py and signing_settings.py write of those
    kinds = ContentType.objects.get_for_models(*scoped, *others)
    found = LogEntry.objects.filter(content_type__in=kinds.values()).select_related("user", "content_type")
    if official.user.is_superuser:
        return found
    places = Q(pk__in=[])
    for path in official.administered_paths:
        places |= Q(change_message__contains=f'"agency_path": {json.dumps(path)[:-1]}')
    own_systems = [str(pk) for pk in systems.systems(official).values_list("pk", flat=True)]
    of_systems = Q(content_type=kinds[ApiClient], object_id__in=own_systems) if ApiClient in kinds else Q(pk__in=[])
    return found.filter(places | of_systems)


def row(entry: LogEntry) -> Row:
    """A change as the page shows it."""
    try:
        told: Any = json.loads(entry.change_message or "[]")
    except ValueError:
        told = entry.change_message
    parts = [part for part in told if isinstance(part, dict)] if isinstance(told, list) else []
    model = entry.content_type.model_class() if entry.content_type else None
    return Row(
        at=entry.action_time,
        who=str(entry.user),
        kind=capfirst(str(model._meta.verbose_name)) if model else "",
        what=entry.object_repr,
        action=str(ACTIONS.get(entry.action_flag, "")),
        values=[value for part in parts for value in part.get("values", [])],
        words=told if isinstance(told, str) else "",
    )
