"""The driver itself, without an app."""

import pytest
from playwright.sync_api import Error

from tools.chromium import ended_after

pytestmark = pytest.mark.browser


def test_a_page_that_hangs_ends_one_test_and_not_the_run(browser):
    hung = browser.new_page()
    with ended_after(3), pytest.raises(Error, match="crashed"):
        hung.evaluate("() => { while (true); }")
    hung.close()
    sound = browser.new_page()
    assert sound.evaluate("1 + 1") == 2, "the browser goes on"
    sound.close()
