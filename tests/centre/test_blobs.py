"""Attachments: cut and resumed, wrong, repeated, by two devices; and the changes that wait for them."""

import os
from hashlib import sha256

import httpx
import pytest
from sqlalchemy import select

from sync.api.storage import blobs
from sync.api.storage.schema import blob, blob_piece
from sync.client.blobs import send_blob
from sync.core.errors import NotReachable, Problem
from tests.centre.running import Phone, Running, problem

PIECE = 64 * 1024
PHOTO = os.urandom(3 * PIECE + 100)
NAME = sha256(PHOTO).hexdigest()


class Cut:
    """A line that breaks before the n-th piece."""

    def __init__(self, phone: Phone, after: int):
        self.client, self.left, self.sent = phone.client, after, 0

    def blob_offset(self, sha256: str) -> int:
        return self.client.blob_offset(sha256)

    def put_blob(self, sha256: str, offset: int, size: int, data: bytes) -> int:
        if self.left == 0:
            raise NotReachable("cut")
        self.left -= 1
        self.sent += len(data)
        return self.client.put_blob(sha256, offset, size, data)


def kept(running: Running, name: str = NAME) -> bytes | None:
    with running.db.read() as conn:
        return blobs.content(conn, running.centre.org, name)


def count(running: Running) -> int:
    with running.db.read() as conn:
        return len(conn.execute(select(blob_piece.c.at)).all())


def put(phone: Phone, name: str, offset: object, size: object, data: bytes) -> httpx.Response:
    with phone.running.http() as http:
        return http.put(
            f"/v1/blobs/{name}", content=data,
            headers={"upload-offset": str(offset), "upload-length": str(size), **phone._authority},
        )  # fmt: skip


def test_a_cut_upload_goes_on_from_where_it_was(running: Running, phone) -> None:
    line = Cut(phone, after=2)
    with pytest.raises(NotReachable):
        send_blob(line, PHOTO, PIECE)
    assert phone.client.blob_offset(NAME) == 2 * PIECE
    assert kept(running) is None
    again = Cut(phone, after=9)
    assert send_blob(again, PHOTO, PIECE) == NAME
    assert again.sent == len(PHOTO) - 2 * PIECE
    assert kept(running) == PHOTO
    with running.db.read() as conn:
        row = conn.execute(select(blob)).one()
    assert (row.practitioner_id, row.device_id) == ("amina.yusuf", phone.device.device_id)
    assert row.whole_ms is not None


def test_a_repeat_sends_nothing_and_changes_nothing(running: Running, phone) -> None:
    send_blob(phone.client, PHOTO)
    line = Cut(phone, after=9)
    assert send_blob(line, PHOTO) == NAME
    assert line.sent == 0
    assert phone.client.put_blob(NAME, 0, len(PHOTO), PHOTO[:PIECE]) == len(PHOTO)
    assert kept(running) == PHOTO


def test_a_piece_that_does_not_go_on_from_the_last_is_told_where_it_does(phone) -> None:
    phone.client.put_blob(NAME, 0, len(PHOTO), PHOTO[:PIECE])
    response = put(phone, NAME, 2 * PIECE, len(PHOTO), PHOTO[2 * PIECE : 3 * PIECE])
    problem(response, 409, "blob_offset")
    assert response.headers["upload-offset"] == str(PIECE)


def test_bytes_that_are_not_what_their_name_says_are_thrown_away(running: Running, phone) -> None:
    wrong = PHOTO[:-1] + bytes([PHOTO[-1] ^ 1])
    for offset in range(0, len(PHOTO) - PIECE, PIECE):
        phone.client.put_blob(NAME, offset, len(PHOTO), wrong[offset : offset + PIECE])
    with pytest.raises(Problem) as caught:
        phone.client.put_blob(NAME, 3 * PIECE, len(PHOTO), wrong[3 * PIECE :])
    assert (caught.value.status, caught.value.code) == (422, "blob_wrong")
    assert phone.client.blob_offset(NAME) == count(running) == 0
    assert send_blob(phone.client, PHOTO) == NAME
    assert kept(running) == PHOTO


def test_one_devices_wrong_bytes_do_not_spoil_anothers(running: Running, phone) -> None:
    other = running.device("tom.ellery", "Second phone")
    phone.client.put_blob(NAME, 0, len(PHOTO), b"x" * PIECE)
    assert other.client.blob_offset(NAME) == 0
    send_blob(other.client, PHOTO)
    assert kept(running) == PHOTO
    assert phone.client.blob_offset(NAME) == len(PHOTO)  # nothing more to send: it is here


def test_what_nobody_finishes_is_kept_seven_days(running: Running, phone) -> None:
    phone.client.put_blob(NAME, 0, len(PHOTO), PHOTO[:PIECE])
    running.clock.forward(days=6, hours=23)
    phone.sign_in("amina.yusuf")
    assert phone.client.blob_offset(NAME) == PIECE
    running.clock.forward(hours=2)
    assert phone.client.blob_offset(NAME) == 0
    other = b"another"
    send_blob(phone.client, other)
    assert count(running) == 1
    assert kept(running, sha256(other).hexdigest()) == other


@pytest.mark.parametrize(
    ("offset", "size", "data", "status", "code"),
    [
        (0, 10, b"", 400, "bad_blob"),
        (0, 10, b"x" * 11, 400, "bad_blob"),
        (8, 10, b"xyz", 400, "bad_blob"),
        ("-1", 10, b"x", 400, "bad_blob"),
        ("x", 10, b"x", 400, "bad_blob"),
        (0, blobs.MAX_BLOB + 1, b"x", 413, "too_large"),
        (0, blobs.MAX_BLOB, b"x" * (blobs.MAX_BLOB_PIECE + 1), 413, "too_large"),
    ],
)
def test_what_cannot_be_a_piece_is_refused(phone, offset, size, data, status, code) -> None:
    problem(put(phone, NAME, offset, size, data), status, code)


def test_it_needs_a_name_a_session_and_a_role(running: Running, phone) -> None:
    problem(put(phone, "ABC", 0, 1, b"x"), 422, "request_invalid")
    officer = running.device("dan.hart")
    problem(put(officer, NAME, 0, 1, b"x"), 403, "not_allowed")
    phone.client.token = None
    for ask in (lambda: phone.client.blob_offset(NAME), lambda: phone.client.put_blob(NAME, 0, 1, b"x")):
        with pytest.raises(Problem) as caught:
            ask()
        assert (caught.value.status, caught.value.code) == (401, "sign_in_needed")


# --- changes that name one ----------------------------------------------------------------------------------------


def said(phone: Phone) -> list[tuple[str, str]]:
    return [(one.verdict, one.code) for one in phone.sync().verdicts]


def test_a_change_is_held_until_its_attachment_is_here(running: Running, phone) -> None:
    change = phone.record({"location": "Old Bridge", "photo": {"about": [{"blob": NAME}]}})
    assert said(phone) == [("held", "blob_missing")]
    assert change.change_id in phone.device.receipts  # text never waits for a blob
    assert running.row(change).field == NAME
    phone.client.put_blob(NAME, 0, len(PHOTO), PHOTO[:PIECE])
    assert running.row(change).verdict == "held"
    send_blob(phone.client, PHOTO)
    assert said(phone) == [("accepted", "")]
    later = phone.record({"photo": {"blob": NAME}}, incident=change.incident_id)
    assert said(phone) == [("accepted", "")]  # the earlier verdict, told again; the new change needs none
    assert running.row(later).verdict == "accepted"


def test_a_change_that_waits_for_a_parent_and_an_attachment_is_told_what_is_left(running: Running, phone) -> None:
    first = phone.record({"location": "Old Bridge"})
    second = phone.record({"photo": {"blob": NAME}}, incident=first.incident_id)
    phone.post(phone.lines(phone.piece([second])))
    assert running.row(second).code == "parent_missing"
    phone.post(phone.lines(phone.piece([first])))
    assert (running.row(second).verdict, running.row(second).code) == ("held", "blob_missing")
    send_blob(phone.client, PHOTO)
    assert running.row(second).verdict == "accepted"


@pytest.mark.parametrize("value", ["blob", {"blob": "short"}, {"blob": 5}, {"blob": None}, [["blob", NAME]]])
def test_what_only_looks_like_an_attachment_is_none(running: Running, phone, value) -> None:
    change = phone.record({"something_new": value})
    assert said(phone) == []
    assert running.row(change).verdict == "accepted"
