"""How often this device has opened an exchange: a count that no hello gives twice (`sync.protocol.ports.SyncStore`)."""

from contextlib import suppress

from field_app.phone.store.disk import DiskFull, VaultRows

BLOCK = 100  # counts reserved by one write, so that an exchange has nothing to write for it


class HelloCount:
    """The count of one vault's hellos. After a kill it goes on above all that was reserved.

    On a full disk it goes on in memory. Whatever makes it fall behind, the centre says so, and it goes on above that.
    """

    def __init__(self, rows: VaultRows):
        self._rows = rows
        self._last = self._reserved = 0

    def next(self) -> int:
        with self._rows.disk.lock:
            self._last += 1
            if self._last > self._reserved:
                with suppress(DiskFull):
                    self._reserve()
            return self._last

    def on_from(self, count: int) -> None:
        """Go on above this."""
        with self._rows.disk.lock:
            self._last = max(self._last, count)

    def _reserve(self) -> None:
        """Take the next block, above what was reserved before, also by this store when it was open last."""
        before = self._rows.first("SELECT hello_count FROM vault WHERE vault_id = :vault")[0]
        self._last = max(self._last, before + 1)
        reserved = self._last + BLOCK - 1
        with self._rows.disk.transaction():
            self._rows.run("UPDATE vault SET hello_count = :reserved WHERE vault_id = :vault", reserved=reserved)
        self._reserved = reserved
