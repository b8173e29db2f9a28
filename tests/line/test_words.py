"""Whatever may stop the work of a phone has words: on the strip, and with what to do where the strip leads."""

import ast
import re
from pathlib import Path

import pytest

from field_app.ui.console.polling import pause_s
from field_app.ui.console.state import say as said_at_the_desk
from field_app.ui.kit.strip import PASSING, SIGNAL, STOPPED, UNNAMED, look, say
from field_app.ui.phone.records import ADVICE, TROUBLES, trouble
from field_app.ui.phone.troubles import say_error
from sync.api.problems import KINDS
from sync.core.errors import ON_THE_LINE, AlongsideError, Busy, NotReachable
from sync.domain.records.delivery import Strip
from tests.steps.ui.harness import NOW

ROOT = Path(__file__).parents[2]
SOURCES = ("sync/core", "sync/client", "sync/protocol", "field_app/phone/store")
AT_THE_START = ("keystore.py", "vault.py", "pin.py")  # their errors are said before there is a strip
ELSEWHERE = {  # said on another screen, of one record, or turned into another code before anybody sees it
    "error", "too_long", "will_not_go", "bad_change", "change_too_large", "not_gzip", "bad_query", "proof_wrong",
    "sign_in_wrong", "not_allowed", "not_found", "method_not_allowed", "device_key_differs", "request_invalid",
    "too_many_tries", "training_differs", "epoch_ended", "locked", "not_opened",
}  # fmt: skip


def codes_in(path: Path) -> set[str]:
    """The codes that this module gives to what it raises."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        values: list[ast.expr] = []
        if isinstance(node, ast.Call):
            values = [word.value for word in node.keywords if word.arg == "code"]
            if getattr(node.func, "id", "") in ("Unreadable", "problem"):
                values += node.args[:1]
        elif isinstance(node, ast.ClassDef):
            values = [part.value for part in node.body if isinstance(part, ast.Assign)
                      and getattr(part.targets[0], "id", "") == "code"]  # fmt: skip
        found |= {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return found


def all_codes() -> set[str]:
    modules = [path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")]
    modules = [path for path in modules if path.name not in AT_THE_START]
    return set().union(set(KINDS), *(codes_in(path) for path in modules))


CODES = sorted(all_codes() - ELSEWHERE)


def test_the_search_finds_codes_of_every_kind():
    assert {"captive_portal", "bad_response", "history_differs", "disk_full", "not_json", "damaged"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_that_stops_a_phone_has_words_on_the_strip_and_behind_it(code: str):
    line = say(Strip(waiting=2, offline_since=NOW, problem=code))
    if code in SIGNAL:
        assert line.endswith("no signal since 22:00")
    else:
        assert code in {**STOPPED, **PASSING}
        assert "no signal" not in line
        assert line != say(Strip(waiting=2))
    assert code in TROUBLES
    for text in (line, trouble(code), ADVICE.get(code, "")):
        assert not re.search(r"\w_\w", text)


def test_a_code_of_a_newer_centre_is_not_passed_over():
    assert say(Strip(waiting=2, problem="of_later")) == f"2 only on this phone · {UNNAMED}"


@pytest.mark.parametrize("code", PASSING)
def test_what_passes_by_itself_is_no_alarm(code: str):
    assert look(Strip(waiting=2, problem=code)) == look(Strip(waiting=2))
    assert look(Strip(waiting=2, problem="network_blocks")) != look(Strip(waiting=2))


@pytest.mark.parametrize("kind", ON_THE_LINE)
def test_what_goes_wrong_on_the_line_is_said_at_a_sign_in_and_at_the_desk(kind: type[AlongsideError]):
    for what, advice in (say_error(kind()), said_at_the_desk(kind())):
        assert what[0].isupper()
        assert what.rstrip(".") not in advice
        assert "update the app" not in advice.lower()


def test_every_kind_of_trouble_on_the_line_is_in_the_list():
    def below(kind: type) -> set[type]:
        return {kind}.union(*(below(sub) for sub in kind.__subclasses__()))

    codes = {kind.code for kind in below(NotReachable) if kind.__module__ == NotReachable.__module__}
    assert codes == {kind.code for kind in ON_THE_LINE}


def test_a_screen_at_the_desk_leaves_a_busy_centre_alone_for_as_long_as_it_says():
    assert [pause_s(15, failed) for failed in (None, NotReachable(), Busy(backoff_s=90), Busy(backoff_s=3))] == [
        15, 15, 90, 15,
    ]  # fmt: skip
