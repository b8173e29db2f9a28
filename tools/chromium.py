"""Chromium for the tests, the pictures and the measurements: how it is started, and ended when a page hangs."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer

import psutil
from playwright.sync_api import Browser, sync_playwright

FLAGS = """--headless --no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader
    --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"""
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36"
)
BRITISH = {"locale": "en-GB", "timezone_id": "Europe/London"}
TOUCH = {"has_touch": True, "is_mobile": True, "user_agent": ANDROID}
PHONE = {"viewport": {"width": 412, "height": 915}, "device_scale_factor": 2, **TOUCH, **BRITISH}
DESK = {"viewport": {"width": 1440, "height": 900}, "device_scale_factor": 1, **BRITISH}


@contextmanager
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """Crash every page when this takes longer: a call into a page that hangs does not come back by itself."""
    timer = Timer(seconds, _crash)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _crash() -> None:
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "--type=renderer" in process.cmdline():
                process.kill()
