"""What the centre has commanded this device to do, until it is done."""

from collections.abc import Sequence
from typing import Any

from field_app.phone.store.disk import VaultRows, to_text
from sync.core.signing import verified


class Commands:
    """The commands to one device. Nothing here is sealed."""

    def __init__(self, rows: VaultRows):
        self._rows = rows

    def keep(self, commands: Sequence[dict[str, Any]], centre_key: str) -> None:
        """Keep the commands that the centre has signed for this device; ignore all others."""
        for command in commands:
            claim = {name: command.get(name) for name in ("device_id", "kind", "command_id")}
            if claim["device_id"] != to_text(self._rows.vault_id) or not isinstance(claim["command_id"], str):
                continue
            if verified(centre_key, "command", claim, str(command.get("signature"))):
                with self._rows.disk.writing():
                    self._rows.run(
                        "INSERT OR IGNORE INTO command (vault_id, command_id, kind) VALUES (:vault, :id, :kind)",
                        id=claim["command_id"],
                        kind=str(claim["kind"]),
                    )

    def due(self, kind: str) -> bool:
        """True once the centre has commanded this and no change waits any more that has to be sent first."""
        find = """SELECT 1 FROM command WHERE vault_id = :vault AND kind = :kind
            AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.vault_id = command.vault_id)"""
        return self._rows.first(find, kind=kind) is not None

    def obeyed(self, kind: str) -> None:
        """Note the command as one that is being carried out. If the app is killed first, its next start goes on."""
        with self._rows.disk.writing():
            self._rows.run("UPDATE command SET done = 1 WHERE vault_id = :vault AND kind = :kind", kind=kind)

    def done(self) -> tuple[str, ...]:
        """The ids of the commands noted so: the centre is told."""
        find = "SELECT command_id FROM command WHERE vault_id = :vault AND done = 1"
        return tuple(row[0] for row in self._rows.all(find))
