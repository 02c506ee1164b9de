"""Start the Chromium that the machine has, as all browser tests want it."""

from playwright.sync_api import Browser, BrowserType

from tests.conftest import chromium_path

ARGUMENTS = (
    "--no-sandbox",  # root has none, and the suite may run as root
    # pages are drawn by the processor alone: what a graphics card would do costs more when it is played in software
    "--disable-gpu",
    "--disable-gpu-compositing",
    "--disable-software-rasterizer",
)


def launch(browser_type: BrowserType, *more: str) -> Browser:
    """Start a headless browser with these arguments besides ours."""
    return browser_type.launch(executable_path=chromium_path(), args=[*ARGUMENTS, *more])
