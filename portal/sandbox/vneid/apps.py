from django.apps import AppConfig


class VneidConfig(AppConfig):
    name = "portal.sandbox.vneid"
    label = "sandbox_vneid"

    def prepare(self) -> None:
        from portal.sandbox.vneid import people, registration

        people.load()
        registration.register_portal()
