"""What the phone app needs to begin, once its first frame is drawn: this device, its keys, its screens.

Settings come from the environment: ALONGSIDE_DATA (folder of this device, or of the devices of all browsers),
ALONGSIDE_CENTRE (address of the centre), ALONGSIDE_TRAINING=1 (synthetic data, keys kept without a keystore),
ALONGSIDE_LOCK_MINUTES (without a touch until the phone locks: 1 to 5, 2 unless it is set); for the line
`sync.client.address`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import flet as ft

from field_app.phone.devices import BrowserDevices
from field_app.phone.phone import Phone
from field_app.phone.store import keystore
from field_app.phone.store.disk import Clock
from field_app.ui.phone.start import open_app as open_app
from field_app.ui.phone.start import refuse as refuse
from sync.client.address import Address
from sync.client.http import Client
from sync.core.errors import AlongsideError
from sync.domain.content.packs import PackWrong
from sync.pack_files import NoPublisher, shipped_packs

DATA = Path(__file__).resolve().parent.parent / ".alongside" / "phone"
CENTRE = "http://127.0.0.1:8602"
ON_A_PHONE = (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)


def make_devices(make: Callable[[Path], Phone] | None = None) -> BrowserDevices:
    """This program's devices. On Android the folder is private to the app."""
    folder = Path(os.environ.get("ALONGSIDE_DATA") or os.environ.get("FLET_APP_STORAGE_DATA") or DATA)
    if os.environ.get("FLET_PLATFORM") in ("android", "ios"):
        return BrowserDevices(folder, make or make_phone, training=is_training())
    from field_app.address_limit import AddressLimit  # a phone has no browsers to count

    devices = BrowserDevices(folder, make or make_phone, training=is_training(), counted=AddressLimit().counted)
    Thread(target=devices.send_waiting, name="devices", daemon=True).start()
    return devices


def make_phone(folder: Path, clock: Clock | None = None) -> Phone:
    """The device in this folder. Raises AlongsideError when it cannot be used."""
    training = is_training()
    try:
        shipped = shipped_packs(training=training)
    except NoPublisher as missing:
        advice = "This app was built without a publisher of its own: it is for training only. Tell whoever built it."
        raise AlongsideError(str(missing), code="no_publisher", advice=advice) from None
    except PackWrong as wrong:
        raise AlongsideError(
            str(wrong),
            code="packs_altered",
            advice="The law and the guidance in this app are not what their publisher signed. Install the app again; "
            "what is recorded here is kept.",
        ) from None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = Address.given(os.environ.get("ALONGSIDE_CENTRE") or CENTRE, os.environ, training=training)
    return Phone(folder, lambda: Client(address), shipped, training=training, clock=clock, idle_s=lock_seconds())


def is_training() -> bool:
    return os.environ.get("ALONGSIDE_TRAINING") == "1"


def lock_seconds() -> float:
    """How long nobody has to touch the phone until it locks. Raises AlongsideError for a setting out of bounds."""
    minutes = os.environ.get("ALONGSIDE_LOCK_MINUTES") or "2"
    if minutes not in ("1", "2", "3", "4", "5"):
        advice = "ALONGSIDE_LOCK_MINUTES is a number from 1 to 5. Tell whoever set up this app."
        raise AlongsideError("a setting is wrong", code="setting_wrong", advice=advice)
    return 60.0 * int(minutes)


def use_platform_keys(page: ft.Page) -> None:
    """On a phone, keys lie in its own key store, which can only be reached through the page, and on its event loop."""
    if page.web or page.platform not in ON_A_PHONE:
        return
    from flet_secure_storage import AndroidOptions, SecureStorage

    # reset_on_error would erase every key after one failed read
    keystore.install(SecureStorage(android_options=AndroidOptions(reset_on_error=False)))
