"""Officials of one agency and its dossiers: `python -m tests.bench.seed_desk COUNT`, again with more for the rest.

With `province` behind it, as many of another province, spread over its communes, and a leader over all of them.

Runs inside a throw-away portal. One dossier goes through the services; the others are copies of its row and its first
event, made by the database: two in a hundred are open, spread over the queues, and the rest were finished in time. It
prints the sessions of desk and leader, or of the province's, and an open dossier.
"""

import json
import sys
from importlib import import_module
from itertools import count as counting
from typing import Any

import django

MODEL_CITIZEN, MODEL_OF_PROVINCE = "Nguyễn Thị Mẫu", "Nguyễn Thị Mẫu Tỉnh"
PROVINCE, COMMUNES = "H99", 130
"""A province of its own, to which no filing is routed, and how many communes it has."""
SHARE_OPEN = 50
"""One in so many is open."""
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý", "Võ")
MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Ngọc", "Thanh", "Quốc", "Hữu", "Xuân", "Thu", "Kim", "Gia", "Bảo", "Anh", "Hải")
GIVEN = (
    *("An", "Bình", "Cường", "Dũng", "Đạt", "Giang", "Hà", "Hiếu", "Hoa", "Hùng", "Hương", "Khánh", "Lan", "Linh"),
    *("Long", "Mai", "Nam", "Nga", "Nhung", "Phúc", "Phương", "Quân", "Quyên", "Sơn", "Tâm", "Thảo", "Thắng", "Trang"),
    *("Trung", "Tuấn", "Tú", "Uyên", "Vân", "Việt", "Vinh", "Yến", "Ánh", "Đông", "Khôi"),
)
"""Of which the applicants' names are made: 8,190 of them."""


def main(count: int, *, of_province: bool = False) -> None:
    """Bring the agency, or the communes of the province together, to `count` dossiers."""
    from django.db import connection, transaction

    from dossiers.models import Dossier, DossierEvent
    from tests.bench.seed_dossiers import _copy

    _number_behind_earlier_ones()
    name, first_figure = (MODEL_OF_PROVINCE, 8) if of_province else (MODEL_CITIZEN, 9)
    model = Dossier.objects.filter(applicant_name=name).order_by("pk").first()
    if model is None:
        model = _filed(name)
    agencies = _communes() if of_province else [model.agency]
    code = f"{(model.code or '').rpartition('-')[0]}-"
    have = Dossier.objects.filter(agency__in=agencies, code__startswith=f"{code}{first_figure}").count()
    spread = ", ".join(str(agency.pk) for agency in agencies if agency)
    open_state = "(ARRAY['submitted', 'accepted', 'processing', 'processing', 'awaiting_supplement'])[1 + n / 50 %% 5]"
    is_open = f"n %% {SHARE_OPEN} = 0"
    due = "now() + (n / 50 %% 400 - 20) * interval '1 hour'"  # one in twenty is late
    with transaction.atomic(), connection.cursor() as cursor:
        _copy(
            cursor,
            Dossier,
            model.pk,
            f"generate_series({have + 1}, {count}) AS n",
            code=f"'{code}' || ({first_figure}0000000 + n)",
            agency_id=f"(ARRAY[{spread}])[1 + n / {SHARE_OPEN} %% {len(agencies)}]",
            public_id="gen_random_uuid()",
            applicant_name=f"{_one_of(FAMILY, 1)} || ' ' || {_one_of(MIDDLE, 14)} || ' ' || {_one_of(GIVEN, 210)}",
            applicant_phone="'09' || lpad(n::text, 8, '0')",
            state=f"CASE WHEN {is_open} THEN {open_state} ELSE 'returned' END",
            submitted_at="now() - (n %% 20000) * interval '1 minute'",
            accepted_at="now()",
            intake_due_at=due,
            due_at=due,
            clock_stopped_at=f"CASE WHEN {is_open} AND {open_state} = 'awaiting_supplement' THEN now() END",
            proposed_at=f"CASE WHEN {is_open} AND n / 50 %% 10 = 2 THEN now() END",
            finished_at=f"CASE WHEN {is_open} THEN NULL ELSE {due} - interval '1 day' END",
            assignee_id=f"CASE WHEN {is_open} AND n / 50 %% 3 = 0 THEN NULL ELSE source.assignee_id END",
        )
        numbers = f"(SELECT id AS n FROM {Dossier._meta.db_table} WHERE code LIKE '{code}{first_figure}_______'"  # noqa: S608
        first = model.events.order_by("sequence").first()
        events = DossierEvent._meta.db_table
        without = f" AND NOT EXISTS (SELECT FROM {events} WHERE dossier_id = {Dossier._meta.db_table}.id)"
        _copy(cursor, DossierEvent, first.pk, f"{numbers}{without}) AS made", dossier_id="n")
        newest = Dossier.objects.order_by("pk").last()
        found_by = import_module("dossiers.migrations.0036_dossiers_of_before_are_found").FILL
        cursor.execute(found_by, {"low": model.pk, "high": newest.pk + 1})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")  # what the seed left to be written is not written while pages are timed
    opened = Dossier.objects.filter(agency__in=agencies, state="processing").order_by("pk").last()
    sessions = (
        _sessions(agencies[0].parent, ("leader",)) if of_province else _sessions(model.agency, ("desk", "leader"))
    )
    print(json.dumps({**sessions, "open": opened.code if opened else model.code}))


def _number_behind_earlier_ones() -> None:
    """Each run is a process of its own whose factories begin at 1; names of people are taken once."""
    from portal.accounts.models import User
    from tests import factories

    factories._number = counting(100 * User.objects.count() + 1)


def _communes() -> list[Any]:
    """The agencies of the province's communes; of no place, so that no filing is routed to them."""
    from portal.agencies.models import Agency
    from tests import factories

    found = [factories.make_agency(f"{PROVINCE}.{number:05d}") for number in range(1, COMMUNES + 1)]
    Agency.objects.filter(path__startswith=f"{PROVINCE}/").update(unit=None)
    return found


def _one_of(names: tuple[str, ...], step: int) -> str:
    """One of the names for each `n`, in SQL."""
    return f"(ARRAY[{', '.join(repr(name) for name in names)}])[1 + n / {step} %% {len(names)}]"


def _filed(name: str) -> Any:
    """One dossier that a specialist is working on."""
    from dossiers import services
    from portal.agencies.actors import ActorKind
    from tests import factories

    dossier = factories.file_dossier(factories.make_citizen(name))
    assert dossier.agency is not None
    services.accept(dossier.code or "", actor=factories.official_actor(dossier.agency))
    specialist = factories.official_actor(dossier.agency, ActorKind.AGENCY)
    services.start_processing(dossier.code or "", actor=specialist)
    return services.assign(dossier.code or "", actor=specialist, official=specialist.user)


def _sessions(agency: Any, roles: tuple[str, ...]) -> dict[str, str]:
    """Cookies of an official of each role, made once."""
    from portal.accounts.models import User
    from tests import factories
    from tests.backoffice.conftest import with_second_factor
    from tests.faults.seed import open_session

    found = {}
    for role in roles:
        name = f"Bench {role} {agency.code}"
        user = User.objects.filter(display_name=name).first()
        if user is None:
            user = with_second_factor(factories.make_official(agency, role, name))
        found[role] = open_session(user)
    return found


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), of_province="province" in sys.argv[2:])
