"""Which static files are published, as an app of its own: Django reads the app's settings before any storage's."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class PublishedFilesConfig(StaticFilesConfig):
    """Leaves at home what no page asks for: sources of style sheets, the paper's fonts and DRF's browsable pages."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "scss", "*.ttf", "rest_framework"]
