"""The demo: believable to the forms themselves, laid through the real API, once."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from demo import PASSWORD, PEOPLE
from demo.centre_people import teams
from demo.lay import lay
from demo.past import lay_past, this_month
from demo.stories import stories
from demo.synthetic import Spread, generate
from sync.api.accounts.people import make_teams
from sync.domain.catalogue import CATALOGUE
from sync.domain.clinical import nhs_number
from sync.domain.forms import check, missing
from sync.domain.records.standing import standing
from tests.steps.builders import PACKS
from tests.steps.centre.running import Running

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize("story", stories(NOW), ids=lambda story: story.sections[0].answers["cad_ref"])
def test_every_answer_is_one_its_form_takes_as_it_is(story) -> None:
    for section in story.sections:
        for name, raw in section.answers.items():
            checked = check(CATALOGUE[section.kind], name, raw)
            assert (checked.problem, checked.value) == ("", raw), (section.kind, name)
        if number := section.answers.get("nhs_number"):
            assert number.startswith("999")
            assert nhs_number.valid(number)


def test_the_demo_is_laid_once_and_stands_in_all_the_ways_there_are(running: Running, phone, desk, tmp_path) -> None:
    now = running.clock()
    assert lay(running.url, now, tmp_path) == 6
    stored, devices = len(running.rows()), len(desk.client.devices()["devices"])
    assert lay(running.url, now, tmp_path) == 0
    assert (len(running.rows()), len(desk.client.devices()["devices"])) == (stored, devices)
    assert {row.verdict for row in running.rows()} == {"accepted"}
    found = desk.client.incidents()["incidents"]
    assert sorted(line["standing"] for line in found) == sorted(
        ["approved", "returned", "signed", "signed", "in-progress", "in-progress"]
    )
    assert [line["clashes"] for line in found].count(1) == 1
    assert all(line["car"] for line in found)
    assert {line["label"] for line in found} >= {"Callum", "Sheila Brandreth"}
    assert desk.client.incidents(view="open")["total"] == 2
    phone.sync()
    for line in found:
        incident = phone.device.incident(line["incident_id"])
        assert standing(incident) == line["standing"]
        if line["standing"] != "in-progress":
            context = incident.context(PACKS, now)
            for record in incident.records.values():
                lacking = missing(CATALOGUE[record.kind], record.values, context)
                assert [(one.kind, one.name) for one in lacking] == []
    assert len(running.device("dan.hart").client.handovers()["handovers"]) == 3


def test_a_past_is_laid_once_signed_and_approved_for_each_team(running: Running) -> None:
    settings = Spread(car_month=5, control_room_month=3, custody_month=1, conflict=0.5, drift=0.5)
    with running.db.write() as conn:
        make_teams(conn, running.centre.org, teams(2))
    cases = list(generate(PACKS, 3, date(2026, 10, 1), 1, teams=2, settings=settings))
    assert {case.facts.team for case in cases} == {0, 1}
    assert any(case.facts.conflict for case in cases)
    assert lay_past(running.url, running.clock(), cases) == len(cases)
    assert lay_past(running.url, running.clock(), cases) == 0
    assert {row.verdict for row in running.rows()} == {"accepted"}
    for team, lead in enumerate(("ruth.okoro", "lead.2")):
        found = running.device(lead).client.incidents(limit=200)["incidents"]
        assert {line["incident_id"] for line in found} == {
            case.incident_id for case in cases if case.facts.team == team
        }
        assert {(line["standing"], line["clashes"]) for line in found} == {("approved", 0)}
    running.check_chain()


def test_nothing_is_laid_that_would_be_signed_after_now(running: Running) -> None:
    settings = Spread(car_month=5, control_room_month=0, custody_month=0)
    cases = list(generate(PACKS, 3, date(2026, 10, 1), 1, settings=settings))
    middle = cases[len(cases) // 2].signed_at
    made = lay_past(running.url, middle, cases)
    assert made == sum(case.signed_at <= middle for case in cases)
    standing = {line["standing"] for line in running.device("ruth.okoro").client.incidents(limit=200)["incidents"]}
    assert standing == {"approved", "signed"}


def test_the_past_ends_with_the_month_so_that_tomorrow_lays_the_same() -> None:
    assert (
        this_month(datetime(2026, 11, 22, tzinfo=UTC))
        == this_month(datetime(2026, 11, 23, tzinfo=UTC))
        == date(2026, 11, 1)
    )


def test_the_sign_ins_are_printed_for_whoever_starts_it() -> None:
    done = subprocess.run([sys.executable, "-m", "demo", "--people"], capture_output=True, text=True, check=True)
    assert PASSWORD in done.stdout
    assert all(username in done.stdout for username, *_ in PEOPLE)


def test_a_centre_that_does_not_answer_is_said_in_one_line() -> None:
    command = [sys.executable, "-m", "demo", "--centre", "http://127.0.0.1:1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "not_reachable" in done.stderr
