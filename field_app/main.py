"""The phone app: one device, its data folder, its centre; `python -m field_app.main` serves it, the APK runs it.

Settings come from the environment: ALONGSIDE_DATA (folder of this device), ALONGSIDE_CENTRE (address of the centre),
ALONGSIDE_HOST and ALONGSIDE_PORT (in a browser), ALONGSIDE_TRAINING=1 (synthetic data, keys kept without a keystore).
"""

import logging
import os
from pathlib import Path

import flet as ft

from field_app.session import Phone
from field_app.ui.serve import show
from field_app.ui.start import open_app
from sync.client import Client

DATA = Path(__file__).resolve().parent.parent / ".alongside" / "phone"
CENTRE, PORT = "http://127.0.0.1:8602", 8600


def make_phone() -> Phone:
    """This device. On Android its folder is private to the app."""
    folder = Path(os.environ.get("ALONGSIDE_DATA") or os.environ.get("FLET_APP_STORAGE_DATA") or DATA)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    centre = os.environ.get("ALONGSIDE_CENTRE", CENTRE)
    return Phone(folder, lambda: Client(centre), training=os.environ.get("ALONGSIDE_TRAINING") == "1")


def main() -> None:
    logging.basicConfig(level=os.environ.get("ALONGSIDE_LOG", "WARNING"), format="%(asctime)s %(name)s %(message)s")
    phone = make_phone()

    def open_page(page: ft.Page) -> None:
        open_app(page, phone)

    try:
        show(open_page, "Alongside", PORT)
    finally:
        phone.close()


if __name__ == "__main__":
    main()
