"""What becomes of a phone's folder outside the app: opened on a second phone, put back, its last write lost."""

import shutil
from copy import copy
from itertools import count
from pathlib import Path

from tests.faults.rig import Rig, opened
from tests.steps.builders import Pocket


def kept(rig: Rig, pocket: Pocket) -> Path:
    """A copy of the phone's folder as it is now."""
    place = next(rig.folder / f"copy{number}" for number in count() if not (rig.folder / f"copy{number}").exists())
    shutil.copytree(pocket.folder, place, ignore=shutil.ignore_patterns("*-shm"))
    return place


def put_back(rig: Rig, pocket: Pocket, old: Path) -> None:
    """An older copy of the phone's folder in its place. What it has sealed since and never sent is gone for good."""
    rig.copied.add(pocket.device_id)
    unsent = {row[0].hex() for row in pocket.db.execute("SELECT change_id FROM outbox WHERE received_ms IS NULL")}
    pocket.db.conn.close()
    shutil.rmtree(pocket.folder)
    shutil.copytree(old, pocket.folder)
    pocket.open()
    rig.restart(pocket)
    somewhere = {row.change_id for row in rig.centre.log()}
    for phone in rig.phones:
        somewhere |= {row[0].hex() for row in phone.db.execute("SELECT change_id FROM change")}
    for change_id in unsent - somewhere:
        rig.sealed.pop(change_id, None)


def clone(rig: Rig, pocket: Pocket) -> Pocket:
    """The same device once more: a copy of its folder is opened on another phone."""
    rig.copied.add(pocket.device_id)
    folder = rig.folder / f"phone{len(rig.phones) + 1}"
    shutil.move(kept(rig, pocket), folder)
    twin = opened(folder, pocket.username, copy(pocket.clock))
    twin.store = rig.store(twin.disk, twin.vault)
    rig.phones.append(twin)
    return twin
