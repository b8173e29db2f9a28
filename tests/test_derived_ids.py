"""What follows from what a device drew before is the same for everybody, and tells nothing else."""

import pytest

from sync.protocol.derived_ids import MAX_NUMBER, next_nonce, number_of, record_id
from tests.steps.builders import uid


def test_a_nonce_follows_from_the_one_before_and_from_none_at_random():
    assert next_nonce("AAECAwQFBgc") == next_nonce("AAECAwQFBgc") != next_nonce(next_nonce("AAECAwQFBgc"))
    assert next_nonce(None) != next_nonce(None)
    assert {len(next_nonce(None)), len(next_nonce("x"))} == {11}


@pytest.mark.parametrize("number", [1, 2, MAX_NUMBER])
def test_a_record_is_found_by_its_number(number):
    made = record_id(uid(1), uid(2), number)
    assert number_of(made, uid(1), uid(2)) == number
    assert number_of(made, uid(1), uid(3)) == number_of(made, uid(3), uid(2)) == 0


def test_an_id_that_does_not_follow_has_no_number():
    assert number_of(uid(7), uid(1), uid(2)) == 0
    assert number_of(record_id(uid(1), uid(2), MAX_NUMBER + 1), uid(1), uid(2)) == 0
    assert record_id(uid(1), uid(2), 1)[14] == "8"
