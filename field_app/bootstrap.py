"""What the phone app needs to begin, once its first frame is drawn: this device, its keys, its screens.

Settings come from the environment: ALONGSIDE_DATA (folder of this device), ALONGSIDE_CENTRE (address of the centre),
ALONGSIDE_TRAINING=1 (synthetic data, keys kept without a keystore); for the line `sync.client.address`.
"""

import os
from pathlib import Path

import flet as ft

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


def make_phone(clock: Clock | None = None) -> Phone:
    """This device. On Android its folder is private to the app. Raises AlongsideError when it cannot be used."""
    training = os.environ.get("ALONGSIDE_TRAINING") == "1"
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
    folder = Path(os.environ.get("ALONGSIDE_DATA") or os.environ.get("FLET_APP_STORAGE_DATA") or DATA)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = Address.given(os.environ.get("ALONGSIDE_CENTRE") or CENTRE, os.environ, training=training)
    return Phone(folder, lambda: Client(address), shipped, training=training, clock=clock)


def use_platform_keys(page: ft.Page) -> None:
    """On a phone, keys lie in its own key store, which can only be reached through the page, and on its event loop."""
    if page.web or page.platform not in ON_A_PHONE:
        return
    from flet_secure_storage import AndroidOptions, SecureStorage

    # reset_on_error would erase every key after one failed read
    keystore.install(SecureStorage(android_options=AndroidOptions(reset_on_error=False)))
