from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "portal.sandbox.common"
    label = "sandbox_common"
