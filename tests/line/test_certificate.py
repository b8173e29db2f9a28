"""A certificate that does not verify: the clock here, a network's log-in, or the centre's own, each said as what it is.

The clock of a test cannot be moved under TLS. So the centre's time is moved instead: what it says, and its certificate.
"""

from email.utils import format_datetime

import pytest

from field_app.ui.kit.strip import say
from sync.client.address import Address
from sync.client.http import Client
from sync.core.errors import AlongsideError, CaptivePortal, CertificateWrong, ClockWrong, NotReachable, Unconnected
from sync.domain.records.delivery import Strip
from tests.line.stand_in import Answered, page, standing_in
from tests.steps.certificates import DAY, NOW, TODAY, Authority, Served, by_itself

THEN = NOW + 1000 * DAY
IN_THEIR_TIME = (THEN - 30 * DAY, THEN + 30 * DAY)


@pytest.fixture
def authority(tmp_path) -> Authority:
    return Authority(tmp_path)


def said_of(shows: Served, authority: Authority, **headers: str) -> AlongsideError:
    """What the client says of whoever shows this."""
    with standing_in(lambda _: Answered(200, headers), shows) as there:
        client = Client(Address(there.url, str(authority.pem)), "token", timeout=5)
        try:
            client.devices()
        except AlongsideError as error:
            assert not [asked for asked in there.asked if asked.path != "/health" or "authorization" in asked.headers]
            return error
        finally:
            client.close()
    raise AssertionError("it was believed")


def test_what_a_trusted_authority_vouches_for_is_the_centre(authority, tmp_path):
    with standing_in(lambda _: page(), authority.vouch()) as there:
        client = Client(Address(there.url, str(authority.pem)), timeout=5)
        with pytest.raises(CaptivePortal):  # it got as far as the answer
            client.devices()
        client.close()
        assert [asked.path for asked in there.asked] == ["/v1/devices"]


def test_a_clock_that_is_wrong_is_named_by_how_much(authority):
    error = said_of(authority.vouch(span=IN_THEIR_TIME), authority, date=format_datetime(THEN, usegmt=True))
    assert type(error) is ClockWrong
    assert f"{THEN:%b %Y}" in error.advice
    assert f"{NOW:%b %Y}" in error.advice


def test_a_clock_that_is_some_minutes_behind_a_new_certificate_is_named_too(authority):
    soon = NOW + DAY / 48
    error = said_of(authority.vouch(span=(soon, soon + DAY)), authority, date=format_datetime(soon + DAY / 1000, True))
    assert type(error) is ClockWrong


def test_a_certificate_that_has_run_out_is_for_the_administrator(authority):
    error = said_of(authority.vouch(span=(NOW - 30 * DAY, NOW - DAY)), authority)
    assert type(error) is CertificateWrong
    assert "run out" in str(error)
    assert "administrator" in error.advice
    assert "This device says" not in error.advice, "the centre has the same time: it is not the clock"


def test_without_the_centres_time_the_clock_here_is_to_be_looked_at_first(authority):
    error = said_of(authority.vouch(span=(NOW - 30 * DAY, NOW - DAY)), authority, date="some day")
    assert type(error) is CertificateWrong
    assert error.advice.startswith("This device says it is")


def test_an_authority_that_has_run_out_is_no_clock(tmp_path):
    old = Authority(tmp_path, span=(NOW - 30 * DAY, NOW - DAY))
    error = said_of(old.vouch(), old)
    assert type(error) is CertificateWrong
    assert "rests on one" in str(error)


@pytest.mark.parametrize("span", [TODAY, (NOW - 30 * DAY, NOW - DAY)])
@pytest.mark.parametrize("host", ["login.example", "10.0.0.1"])
def test_the_certificate_of_another_host_is_a_network_that_wants_a_log_in(authority, tmp_path, host, span):
    for shows in (authority.vouch([host], span), by_itself(tmp_path, [host], span)):
        error = said_of(shows, authority)
        assert type(error) is CaptivePortal


@pytest.mark.parametrize("span", [TODAY, (NOW - 30 * DAY, NOW - DAY)])
def test_a_certificate_for_the_centre_that_nobody_vouches_for_is_said_as_such(authority, tmp_path, span):
    stranger = Authority(tmp_path, "Somebody")
    for shows in (by_itself(tmp_path, span=span), stranger.vouch(span=span)):
        error = said_of(shows, authority)
        assert type(error) is CertificateWrong
        assert "administrator" in error.advice


def test_a_page_in_clear_where_tls_should_be_is_a_network_that_wants_a_log_in(authority):
    with standing_in(lambda _: page(302, location="http://login.invalid/")) as there:
        client = Client(Address(there.url.replace("http:", "https:"), str(authority.pem)), timeout=5)
        with pytest.raises(CaptivePortal):
            client.devices()
        client.close()


def test_nobody_there_is_still_no_signal(authority):
    client = Client(Address("https://127.0.0.1:1", str(authority.pem)), timeout=2)
    with pytest.raises(Unconnected) as caught:
        client.devices()
    assert caught.value.code == "not_reachable"
    client.close()


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n"])
def test_an_authority_that_cannot_be_read_is_said_and_nothing_is_sent(tmp_path, content):
    pem = tmp_path / "authority.pem"
    if content is not None:
        pem.write_text(content)
    client = Client(Address("https://127.0.0.1:1", str(pem)), timeout=2)
    with pytest.raises(CertificateWrong) as caught:
        client.devices()
    assert "ALONGSIDE_CA" in caught.value.advice


@pytest.mark.parametrize("kind", [ClockWrong, CertificateWrong, CaptivePortal])
def test_none_of_it_is_called_no_signal(kind: type[NotReachable]):
    line = say(Strip(waiting=2, problem=kind.code, advice=kind.advice))
    assert "no signal" not in line
    assert line != say(Strip(waiting=2))
