"""What the outbox answers in the sync protocol, the same whether the vault is open or locked."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from field_app.phone.store.envelope import Damaged
from field_app.phone.store.outbox import Outbox
from sync.protocol.messages import BATCH_BYTES, Change, Hello, OwnChange, Verdict
from sync.protocol.sealed import SealedChange

C = TypeVar("C", Change, SealedChange)


class SentFromOutbox(Generic[C]):
    """The part of `SyncStore` that needs the outbox alone. `C`: as what its changes are sent."""

    outbox: Outbox

    def read_own(self, number: int, change_id: str) -> C:
        """What is sent of this own change. Raises Damaged."""
        raise NotImplementedError

    def pending(self, after: int, limit: int = BATCH_BYTES) -> Sequence[C]:
        """Waiting changes numbered above `after`, each made on top of the one before it.

        A damaged one is named and left out.
        """
        with self.outbox.lock:
            pending: list[C] = []
            for number, change_id in self.outbox.waiting(after, limit):
                try:
                    change = self.read_own(number, change_id)
                except Damaged as error:
                    advice = "Its bytes on this phone are damaged."
                    self.keep_verdict(Verdict(number, "refused", error.code, advice=advice))
                    return pending or self.pending(number, limit)
                if pending and change.device_prev != pending[-1].change_id:
                    break
                pending.append(change)
            return pending

    def sign_hello(self, hello: Hello) -> Hello:
        return self.outbox.sign_hello(hello)

    def count_on_from(self, count: int) -> None:
        self.outbox.count_on_from(count)

    def sign_batch(self, claim: dict[str, Any]) -> str:
        return self.outbox.sign_batch(claim)

    def own(self, first: int, count: int) -> Sequence[OwnChange]:
        return self.outbox.own(first, count)

    def offer_again(self, gaps: Sequence[tuple[int, int]]) -> None:
        self.outbox.offer_again(gaps)

    def note_failure(self, problem: str) -> None:
        self.outbox.note_failure(problem)

    def keep_verdict(self, verdict: Verdict) -> None:
        self.outbox.keep_verdict(verdict)
