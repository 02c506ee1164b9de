from collections.abc import Callable

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "portal.sandbox.gateway"
    label = "sandbox_gateway"

    def background_errands(self) -> dict[str, Callable[[], None]]:
        from portal.sandbox.gateway import notices

        return {"notices": notices.send_due}
