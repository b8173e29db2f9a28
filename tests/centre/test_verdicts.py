"""Store first, judge second: what is said of each change, and that its bytes are kept whatever is said."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from sync.api.ingest.change_log import reconsider
from sync.api.ingest.validate import ChangeFacts, validate
from sync.api.storage.schema import practitioner
from sync.core.canonical import canonical
from sync.domain.catalogue import CATALOGUE
from sync.protocol.messages import Change, Verdict
from tests.steps.centre.running import PASSWORD, Phone, Running, answered, new_id

LATER = {"form_version": 99}


def said(phone: Phone, change: Change) -> tuple[str, str, str]:
    verdict = phone.device.verdicts.get(change.device_seq, Verdict(0, "accepted"))
    return verdict.verdict, verdict.code, verdict.field


def test_an_ordinary_change_is_accepted_without_a_word(running: Running, phone) -> None:
    change = phone.record({"location": "Old Bridge"})
    assert phone.sync().verdicts == []
    assert running.row(change).verdict == "accepted"


def test_an_answer_its_form_cannot_read_counts_and_needs_attention(running: Running, phone) -> None:
    change = phone.record({"location": "Old Bridge", "arrived": {"at": "yesterday"}})
    phone.sync()
    assert said(phone, change) == ("quarantined", "answer_unreadable", "arrived")
    assert (running.row(change).void, change.change_id in phone.device.receipts) == (False, True)


def test_an_unreadable_time_does_not_hide_the_incident(running: Running, phone, desk) -> None:
    phone.record({"location": "Old Bridge", "arrived": {"at": "yesterday"}, "cleared": {"at": "2026-11-22T10:00"}})
    phone.sync()
    lines = desk.client.incidents()["incidents"]
    assert [(line["label"], line["ribbon"]) for line in lines] == [("Old Bridge", {})]


def test_a_time_that_does_not_exist_is_kept_and_does_not_count(running: Running, phone, desk) -> None:
    phone.record({"location": "Old Bridge"})
    change = phone.record({"location": "Old Bridge"}, recorded_at="2026-02-30T10:00:00.000Z")
    phone.sync()
    assert said(phone, change) == ("quarantined", "time_impossible", "")
    assert running.row(change).void
    assert desk.client.incidents()["total"] == 1


@pytest.mark.parametrize("patch", [{"asked_in_2031": "yes"}, {"nature": "a_new_one"}, {"high_risk_place": ["pier"]}])
def test_what_a_newer_version_may_have_recorded_is_kept_quietly(running: Running, phone, patch) -> None:
    change = phone.record(patch)
    assert phone.sync().verdicts == []
    assert running.row(change).verdict == "accepted"


@pytest.mark.parametrize(
    ("kind", "version", "code"), [("incident", 99, "form_newer"), ("tea_round", 1, "kind_unknown")]
)
def test_a_form_the_centre_does_not_know_yet_is_held(running: Running, phone, kind, version, code) -> None:
    change = phone.record({"location": "Old Bridge"}, incident=new_id(), kind=kind, form_version=version)
    phone.sync()
    assert said(phone, change) == ("held", code, "")
    assert f"{kind} version {version}" in phone.device.verdicts[1].advice
    assert change.change_id in phone.device.receipts
    assert not running.row(change).void


def test_what_was_held_for_its_form_is_accepted_once_the_centre_knows_it(running: Running, phone, monkeypatch) -> None:
    change = phone.record({"location": "Old Bridge"}, **LATER)
    phone.sync()
    monkeypatch.setattr(CATALOGUE["incident"], "version", 99)
    with running.db.write() as conn:
        reconsider(conn, running.centre.org)
    phone.sync()
    assert said(phone, change) == ("accepted", "", "")
    assert running.row(change).verdict == "accepted"
    for _ in range(2):
        phone.sync()
    assert phone.sync().verdicts == []  # told three times, then no more


def test_a_change_whose_parent_is_not_here_waits_and_is_accepted_when_it_comes(running: Running, phone) -> None:
    other = running.device("tom.ellery")
    incident = phone.record({"location": "Old Bridge"}).incident_id
    other.device.log = {}
    other.device.changes = []
    late = phone.device.changes[0]
    child = other.record({"nature": "unclear"}, incident=incident, parents=[late.change_id])
    other.sync()
    assert said(other, child) == ("held", "parent_missing", late.change_id)
    assert child.change_id in other.device.receipts
    phone.sync()
    assert running.row(child).verdict == "accepted"
    other.sync()
    assert said(other, child) == ("accepted", "", "")


def test_a_role_not_held_is_kept_and_does_not_count(running: Running, phone) -> None:
    incident = phone.record({"location": "Old Bridge"}).incident_id
    review = phone.review(incident)
    claims = phone.record({"location": "New Bridge"}, incident=incident, role="supervisor")
    phone.sync()
    for change in (review, claims):
        assert said(phone, change) == ("quarantined", "role_not_held", "")
        assert running.row(change).void
        assert phone.device.receipts[change.change_id].void
    other = running.device("tom.ellery")
    other.sync()
    assert other.device.incident(incident).records[incident].values["location"] == "Old Bridge"
    assert not other.device.incident(incident).acts


def test_a_leavers_work_still_arrives_and_does_not_count(running: Running, phone) -> None:
    change = phone.record({"location": "Old Bridge"})
    with running.db.write() as conn:
        conn.execute(update(practitioner).where(practitioner.c.username == "amina.yusuf").values(active=False))
    report = phone.sync()
    assert report.code == "sign_in_needed"
    assert change.change_id in phone.device.receipts
    assert running.row(change).code == "role_not_held"


def test_nobody_speaks_for_somebody_who_never_signed_in_on_the_device(running: Running, phone) -> None:
    change = phone.record({"location": "Old Bridge"}, author="tom.ellery")
    phone.sync()
    assert said(phone, change) == ("quarantined", "author_not_enrolled", "")
    assert running.row(change).void
    phone.sign_in("tom.ellery")
    second = phone.record({"location": "Old Bridge"})
    assert phone.sync().code == ""
    assert running.row(second).verdict == "accepted"


def test_an_officer_records_nothing(running: Running) -> None:
    officer = running.device("dan.hart")
    change = officer.record({"location": "Old Bridge"})
    report = officer.sync()
    assert report.code == ""
    assert said(officer, change) == ("quarantined", "role_not_held", "")
    assert change.change_id in officer.device.receipts


@pytest.mark.parametrize(
    "wrong", [{"digest": "0" * 64}, {"statement": "Other"}, {"signature": "A" * 86}, {"signature": 1}]
)
def test_a_signature_that_does_not_verify_does_not_count(running: Running, phone, desk, wrong) -> None:
    incident = phone.record({"location": "Old Bridge"}).incident_id
    change = phone.sign(incident, **wrong)
    phone.sync()
    assert said(phone, change) == ("quarantined", "own_signature_wrong", "signature")
    assert running.row(change).void
    assert desk.client.incidents()["incidents"][0]["standing"] == "in-progress"


@pytest.mark.parametrize("wrong", [
    {"strokes": [[[1, 2, 3]]]},
    {"officer": {"force": "Cambridgeshire", "collar_number": "1", "name": "X"}},
    {"strokes": []},
])  # fmt: skip
def test_a_co_signature_holds_for_exactly_its_officer_and_strokes(running: Running, phone, wrong) -> None:
    incident = phone.record({"location": "Old Bridge"}).incident_id
    change = phone.cosign(incident, **wrong)
    phone.sync()
    assert said(phone, change) == ("quarantined", "own_signature_wrong", "signature")
    assert running.row(change).void


def test_a_signature_by_a_key_of_another_device_does_not_count(running: Running, phone) -> None:
    incident = phone.record({"location": "Old Bridge"}).incident_id
    phone.device.user = running.device("amina.yusuf", "Old phone").device.user
    change = phone.sign(incident)
    phone.sync()
    assert said(phone, change)[1] == "own_signature_wrong"


def test_two_changes_under_one_number_are_both_kept_and_everybody_still_syncs(running: Running, phone) -> None:
    """A phone put back from a backup: its numbers go on from where the backup was."""
    incident = phone.record({"location": "Old Bridge"}).incident_id
    for note in ("a", "b"):
        phone.record({"officer_safety_note": note}, incident=incident)
    phone.sync()
    lost = phone.device.changes.pop()
    phone.device.receipts.pop(lost.change_id)
    phone.device.log.clear()
    phone.device.log_range = None
    forks = [phone.record({"officer_safety_note": note}, incident=incident) for note in ("c", "d")]
    report = phone.sync()
    assert report.code == ""
    assert said(phone, forks[0]) == ("quarantined", "fork", "")
    assert all(change.change_id in phone.device.receipts for change in forks)
    assert {running.row(change).void for change in (lost, *forks)} == {False}
    other = running.device("tom.ellery")
    assert other.sync().code == ""
    assert len(other.device.log) == 5
    assert {one.value for one in other.device.incident(incident).records[incident].clashes["officer_safety_note"]} == {
        "b",
        "d",
    }
    phone.device.receipts.clear()
    assert phone.sync().code == ""  # receipts alone, past the pull
    assert all(change.change_id in phone.device.receipts for change in forks)


def test_a_bad_envelope_never_takes_a_good_one_with_it(running: Running, phone, monkeypatch) -> None:
    """The rules themselves break down over one change: the others are stored, it is named."""
    good = [phone.record({"location": "Old Bridge"}) for _ in range(2)]
    phone.record({"location": "poison"})
    good.append(phone.record({"location": "Old Bridge"}))

    def breaking(change: Change, scope: str, known: ChangeFacts):
        if change.patch.get("location") == "poison":
            raise RuntimeError("an answer nobody thought of")
        return validate(change, scope, known)

    monkeypatch.setattr("sync.api.ingest.change_log.validate", breaking)
    report = phone.sync()
    assert [(one.device_seq, one.verdict, one.code) for one in report.verdicts] == [(3, "refused", "not_stored")]
    assert [row.change_id for row in running.rows()] == [change.change_id for change in good]
    assert phone.device.receipts.keys() == {change.change_id for change in good}
    running.check_chain()


def test_an_incident_that_cannot_be_folded_is_stored_all_the_same(running: Running, phone, desk, monkeypatch) -> None:
    monkeypatch.setattr("sync.api.storage.projections.label", lambda _incident: 1 / 0)
    change = phone.record({"location": "Old Bridge"})
    assert phone.sync().code == ""
    assert change.change_id in phone.device.receipts
    monkeypatch.undo()
    assert desk.client.incidents()["total"] == 0
    phone.record({"nature": "unclear"}, incident=change.incident_id)
    phone.sync()
    assert desk.client.incidents()["total"] == 1


def test_a_letter_that_a_database_cannot_hold_does_no_harm(running: Running, phone, desk) -> None:
    change = phone.record({"location": "Old\0Bridge", "cad_ref": "\0", "nature": "\0"})
    assert phone.sync().code == ""
    assert running.row(change).body == canonical(change.body)
    assert desk.client.incident(change.incident_id)["entries"][0]["body"]["patch"]["location"] == "Old\0Bridge"
    assert desk.client.incidents(q="bridge")["total"] == 1


# --- batches that do not verify ------------------------------------------------------------------------------------


def test_a_batch_that_does_not_verify_is_asked_for_in_full_and_then_stored(running: Running, phone) -> None:
    """A byte went wrong on the way: the second time it is right."""
    changes = [phone.record({"location": "Old Bridge"}) for _ in range(3)]
    lines = phone.lines(phone.batch(changes))
    lines[3]["patch"]["location"] = "Old Bridgf"
    found = answered(phone.post(lines))
    assert found["resend"] == [{"t": "resend", "first": 1, "full": True}]
    assert running.rows() == []
    found = answered(phone.post(phone.lines(phone.batch(changes), full=True)))
    assert "resend" not in found
    assert len(running.rows()) == 3


def test_in_full_form_the_fault_is_named_to_the_envelope(running: Running, phone) -> None:
    changes = [phone.record({"location": "Old Bridge"}) for _ in range(4)]
    lines = phone.lines(phone.batch(changes), full=True)
    lines[3]["body"] = {**lines[3]["body"], "patch": {"location": "Old Bridgf"}}
    found = answered(phone.post(lines))
    assert [(one["device_seq"], one["verdict"], one["code"]) for one in found["verdict"]] == [
        (2, "refused", "id_wrong")
    ]
    assert [row.device_seq for row in running.rows()] == [3, 4]  # the signature covers these; 1 is sent again by itself


def test_in_full_form_what_cannot_be_read_is_named(running: Running, phone) -> None:
    changes = [phone.record({"location": "Old Bridge"}) for _ in range(2)]
    lines = phone.lines(phone.batch(changes), full=True)
    lines[2]["body"] = {**lines[2]["body"], "nonce": 7}
    verdict = answered(phone.post(lines))["verdict"][0]
    assert (verdict["code"], verdict["field"], verdict["device_seq"]) == ("bad_change", "nonce", 1)
    assert [row.device_seq for row in running.rows()] == [2]


@pytest.mark.parametrize("full", [False, True])
def test_the_signature_of_another_device_is_not_enough(running: Running, phone, full) -> None:
    changes = [phone.record({"location": "Old Bridge"})]
    other = running.device("tom.ellery")
    found = answered(phone.post(phone.lines(other.batch(changes), full=full)))
    if full:
        assert [one["code"] for one in found["verdict"]] == ["signature_wrong"]
    else:
        assert found["resend"]
    assert running.rows() == []


def test_a_device_cannot_send_what_another_made(running: Running, phone) -> None:
    other = running.device("tom.ellery")
    stolen = other.record({"location": "Old Bridge"})
    claim = {"device_id": phone.device.device_id, "device_seq": 1, "head": stolen.change_id}
    batch = phone.batch([stolen], phone.device.sign_batch(claim))
    found = answered(phone.post(phone.lines(batch, full=True)))
    assert [(one["code"], one["field"]) for one in found["verdict"]] == [("bad_change", "device_seq")]
    assert running.rows() == []


def test_one_wrong_batch_does_not_stop_the_others(running: Running, phone) -> None:
    changes = [phone.record({"location": "Old Bridge"}) for _ in range(3)]
    wrong = phone.batch(changes[1:2], phone.device.sign_batch({"device_id": "x", "device_seq": 1, "head": "y"}))
    found = answered(phone.post(phone.lines(phone.batch(changes[:1]), wrong, phone.batch(changes[2:]))))
    assert found["resend"][0]["first"] == 2
    assert [row.device_seq for row in running.rows()] == [1, 3]


# --- any answer at all ----------------------------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8) | st.just({"at": "x"}),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["at", "source", "unavailable"]), inner)
    ),
    max_leaves=6,
)
NAMES = [name for form in CATALOGUE.values() for name in form.model_fields]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from([*CATALOGUE, "unknown"]),
    patch=st.dictionaries(
        st.sampled_from(NAMES) | st.sampled_from(["officers.a", "cleared.b", "."]), PLAIN, max_size=4
    ),
    op=st.sampled_from(["set", "sign", "cosign", "decline", "review", "return", "resolve", "retract"]),
)
def test_any_answer_at_all_is_judged(kind, patch, op) -> None:
    change = Change.model_construct(
        kind=kind, form_version=1, op=op, patch=patch, author="a", role="nurse", incident_id="i", nonce="n",
        recorded_at="2026-11-22T12:00:00.000Z", occurred_at=None, parents=(), device_seq=1, device_prev="0" * 64,
        record_id="i",
    )  # fmt: skip
    from sync.api.accounts.access import Caller

    known = ChangeFacts({"a": Caller("a", "A", "nurse", ("t",))}, {"a": ["A" * 43]})
    assert validate(change, "team:t", known).verdict in ("accepted", "held", "quarantined")


assert PASSWORD
