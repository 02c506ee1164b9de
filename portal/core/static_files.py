"""Static files of a release: each name carries the digest of its bytes, so that browsers may keep it for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PublishedFiles(CompressedManifestStaticFilesStorage):
    """Also names that scripts import are rewritten: a page never mixes the scripts of two releases."""

    support_js_module_import_aggregation = True
