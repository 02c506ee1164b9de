"""The form of a batch of papers: the list, the scans, and whether they were compared already."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.backoffice.agency_choice import AgencyChoiceForm


class ImportForm(AgencyChoiceForm):
    """List and archives come by datastore.incoming; what is asked beside them is where, and who vouches."""

    list = forms.Field(label=_("Danh sách giấy tờ"), required=False)
    folder = forms.Field(label=_("Tệp ZIP chứa các bản quét"), required=False)
    is_certified = forms.BooleanField(
        label=_("Tôi đã đối chiếu từng bản quét với bản giấy và ký xác nhận cả đợt"),
        help_text=_("Không đánh dấu thì mỗi bản quét chờ đối chiếu ở trang Số hóa giấy tờ rồi mới vào kho."),
        required=False,
    )
