"""Which population database this portal asks, if any."""

from django.conf import settings

from dossiers.population.base import PopulationRegister
from dossiers.population.http import HttpRegister


def get() -> PopulationRegister | None:
    """The register that the settings name; None where there is none, and the registrar writes the number herself."""
    return HttpRegister() if settings.POPULATION_URL else None
