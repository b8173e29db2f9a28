"""The phone app: one device, its data folder, its centre; `python -m field_app.main` serves it, the APK runs it.

Settings come from the environment: ALONGSIDE_DATA (folder of this device), ALONGSIDE_CENTRE (address of the centre),
ALONGSIDE_HOST and ALONGSIDE_PORT (in a browser), ALONGSIDE_TRAINING=1 (synthetic data, keys kept without a keystore).
"""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import flet as ft

from field_app.phone import Phone
from field_app.store.disk import Clock
from field_app.ui.serve import show
from field_app.ui.start import open_app, refuse
from sync.client import Client
from sync.domain.packs import PackWrong
from sync.errors import AlongsideError
from sync.packs import check_shipped

DATA = Path(__file__).resolve().parent.parent / ".alongside" / "phone"
CENTRE, PORT = "http://127.0.0.1:8602", 8600
ON_A_PHONE = (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)


def make_phone(clock: Clock | None = None) -> Phone:
    """This device. On Android its folder is private to the app. Raises AlongsideError when it cannot be used."""
    try:
        check_shipped()
    except PackWrong as wrong:
        raise AlongsideError(
            str(wrong), code="packs_altered",
            advice="The law and the guidance in this app are not what their publisher signed. Install the app again; "
            "what is recorded here is kept.",
        ) from None  # fmt: skip
    folder = Path(os.environ.get("ALONGSIDE_DATA") or os.environ.get("FLET_APP_STORAGE_DATA") or DATA)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    centre = os.environ.get("ALONGSIDE_CENTRE") or CENTRE
    return Phone(folder, lambda: Client(centre), training=os.environ.get("ALONGSIDE_TRAINING") == "1", clock=clock)


async def use_platform_keys(page: ft.Page) -> None:
    """On a phone, keys lie in its own key store, which can only be reached through the page."""
    if page.web or page.platform not in ON_A_PHONE:
        return
    from flet_secure_storage import AndroidOptions, SecureStorage

    from field_app.store import keystore

    # reset_on_error would erase every key after one failed read
    await keystore.install(SecureStorage(android_options=AndroidOptions(reset_on_error=False)))


def main(make: Callable[[], Phone] = make_phone) -> None:
    logging.basicConfig(level=os.environ.get("ALONGSIDE_LOG", "WARNING"), format="%(asctime)s %(name)s %(message)s")
    device: list[Phone] = []
    one_at_a_time = asyncio.Lock()

    async def open_page(page: ft.Page) -> None:
        try:
            async with one_at_a_time:
                if not device:
                    await use_platform_keys(page)
                    device.append(await asyncio.to_thread(make))
        except AlongsideError as error:
            refuse(page, error)
            return
        open_app(page, device[0])

    try:
        show(open_page, "Alongside", PORT)
    finally:
        for phone in device:
            phone.close()


if __name__ == "__main__":
    main()
