from collections.abc import Callable

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "portal.sandbox.casework"
    label = "sandbox_casework"

    def prepare(self) -> None:
        from portal.sandbox.casework.models import Desk

        Desk.current()

    def background_errands(self) -> dict[str, Callable[[], None]]:
        from portal.sandbox.casework import automation, papers, pushes

        return {"papers": papers.fetch_due, "steps": automation.step_due, "pushes": pushes.push_due}
