"""The sums of two logs differ exactly where the logs do."""

from sync.protocol.anti_entropy import BUCKETS, bucket_sums, differing_buckets, ids_in


def test_sums_differ_for_one_change_more_or_less():
    ids = [f"{number:064x}" for number in range(1, 3000, 7)]
    assert len(bucket_sums(ids)) == BUCKETS
    assert differing_buckets(bucket_sums(ids), bucket_sums(reversed(ids))) == set()
    assert differing_buckets(bucket_sums(ids), bucket_sums(ids[1:])) == {0}


def test_the_ids_of_a_bucket_are_those_with_its_first_byte():
    ids = [f"{number:02x}{'0' * 62}" for number in (3, 1, 2)]
    assert ids_in(ids, {1, 3}) == [ids[1], ids[0]]
