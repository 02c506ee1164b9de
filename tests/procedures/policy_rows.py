"""Local policies of the small country of the tests."""

from datetime import date

from procedures.models import LocalPolicy
from tests.factories import make_agency


def make_policy(code="p", **values):
    """A policy of Hà Nội that makes online filing of the test procedure free."""
    agency = make_agency().parent
    return LocalPolicy.objects.create(
        **{
            "code": code,
            "agency": agency,
            "name": "Không thu lệ phí khi nộp trực tuyến",
            "legal_basis": "NQ 1/2026/NQ-HĐND",
            "effect": "fee_free",
            "provinces": ["01"],
            "procedure_codes": ["1.000001"],
            "valid_from": date(2026, 1, 1),
            **values,
        }
    )
