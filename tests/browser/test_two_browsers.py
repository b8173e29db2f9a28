"""Two browsers at one phone app, in Chromium: each is a phone of its own, and neither knows of the other."""

import pytest

from tests.steps.play.nurse import Nurse
from tools.chromium import PHONE
from tools.drive import Screen
from tools.world import SHOTS, World

pytestmark = pytest.mark.browser


def a_new_browser(world: World, url: str, name: str) -> Screen:
    world.screens.append(Screen(world.browser, url, PHONE, SHOTS, name))
    return world.screens[-1].open()


def test_each_browser_is_a_phone_of_its_own(world: World):
    phone = world.phone("phone")
    amina = Nurse(a_new_browser(world, phone.url, "first"), "amina.yusuf")
    amina.screen.sees("This browser is a phone of its own")
    amina.sign_in()
    tom = Nurse(a_new_browser(world, phone.url, "second"), "tom.ellery", pin="735192")
    tom.screen.shows("username")
    assert "amina" not in tom.screen.says()
    tom.sign_in()
    assert len(list((phone.folder / "devices").iterdir())) == 2
    for nurse in (amina, tom):
        assert nurse.screen.page.evaluate("document.cookie") == "", "no script reads what binds a browser to its phone"
        nurse.screen.page.evaluate("sessionStorage.clear()")  # a window opened anew, in the same browser
        nurse.screen.open()
        nurse.unlock()


def test_another_site_on_this_computer_opens_no_web_socket(world: World):
    """A page of the desk stands for it: another origin, on the same host."""
    phone = world.phone("phone")
    elsewhere = a_new_browser(world, world.console().url, "elsewhere")
    answer = elsewhere.page.evaluate(
        """url => new Promise(done => {
            const line = new WebSocket(url);
            line.onopen = () => done('open');
            line.onerror = () => done('refused');
        })""",
        phone.url.replace("http", "ws") + "/ws",
    )
    assert answer == "refused"
