"""Organisations for which somebody comes in person (tổ chức có người đến quầy): found by tax code, or entered.

One that was entered is like any other, with nobody acting for it here until its representative signs in with VNeID,
which knows it by the same code and writes its name anew (portal.accounts.vneid).
"""

from portal.accounts.models import Organisation


def find(tax_code: str) -> Organisation | None:
    """The organisation with this tax code in its normal form (core.identifiers.clean_tax_code)."""
    return Organisation.objects.filter(tax_code=tax_code).first()


def enter(tax_code: str, name: str) -> Organisation:
    """Make it, or return the one that is there: two desks at once make one."""
    found, _made = Organisation.objects.get_or_create(tax_code=tax_code, defaults={"name": name})
    return found
