"""Translation catalogues are compiled without GNU gettext, and mean the same to Python's gettext."""

import gettext
import io
from pathlib import Path

import pytest

from _runtime import catalogues
from _runtime.console import SetupError

SOURCE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#. a note
#: somewhere.py:1
msgid "Nộp hồ sơ"
msgstr "Submit a dossier"

msgctxt "month"
msgid "Tháng"
msgstr "Month"

msgid "%(count)s hồ sơ"
msgid_plural "%(count)s hồ sơ"
msgstr[0] "%(count)s dossier"
msgstr[1] "%(count)s dossiers"

msgid ""
"Một câu dài "
"trên hai dòng"
msgstr "A long sentence \"quoted\"\non two lines"

#, fuzzy
msgid "Chưa chắc"
msgstr "Not sure"

msgid "Chưa dịch"
msgstr ""
"""


@pytest.fixture
def translations():
    messages = catalogues.parse(SOURCE, Path("django.po"))
    return gettext.GNUTranslations(io.BytesIO(catalogues.binary(messages)))


def test_plain_contextual_and_plural_texts(translations):
    assert translations.gettext("Nộp hồ sơ") == "Submit a dossier"
    assert translations.pgettext("month", "Tháng") == "Month"
    assert translations.ngettext("%(count)s hồ sơ", "%(count)s hồ sơ", 1) == "%(count)s dossier"
    assert translations.ngettext("%(count)s hồ sơ", "%(count)s hồ sơ", 2) == "%(count)s dossiers"
    assert translations.gettext("Một câu dài trên hai dòng") == 'A long sentence "quoted"\non two lines'


def test_fuzzy_and_missing_translations_fall_back_to_vietnamese(translations):
    assert translations.gettext("Chưa chắc") == "Chưa chắc"
    assert translations.gettext("Chưa dịch") == "Chưa dịch"


def test_a_broken_line_is_named():
    with pytest.raises(SetupError, match=r"x\.po:2"):
        catalogues.parse('msgid "a"\nmsgstr "b', Path("x.po"))
