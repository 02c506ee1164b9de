"""What a payer chooses."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.gateways import registry


class GatewayForm(forms.Form):
    """The gateway to pay through; the first one offered is chosen already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = registry.offered()
        self.fields["gateway"] = forms.ChoiceField(
            label=_("Cổng thanh toán"),
            choices=[(gateway.name, gateway.label) for gateway in self.offered],
            initial=self.offered[0].name if self.offered else None,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Hãy chọn một cổng thanh toán."),
                "invalid_choice": _("Hãy chọn một cổng thanh toán trong danh sách."),
            },
        )

    def options(self) -> list[dict[str, Any]]:
        """The choices as cards: value, label, description, whether chosen."""
        chosen = self["gateway"].value()
        return [
            {
                "value": gateway.name,
                "label": gateway.label,
                "description": gateway.description,
                "is_chosen": gateway.name == chosen,
            }
            for gateway in self.offered
        ]
