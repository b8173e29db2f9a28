"""The desktop console: one process, one desk for each browser session; `python -m field_app.console` serves it.

Settings come from the environment: ALONGSIDE_HOST and ALONGSIDE_PORT (where it is served), ALONGSIDE_CENTRE (address of
the centre), ALONGSIDE_TRAINING=1 (synthetic data); for the line `sync.client.address`. It keeps nothing on disk. All
desks share one set of packs.
"""

import logging
import os

import flet as ft

from field_app.desk.desk import Desk
from field_app.packs import FetchedPacks
from field_app.ui.console.app import open_console
from field_app.ui.serve import show
from sync.client.address import Address
from sync.domain.content.packs import PackWrong
from sync.pack_files import NoPublisher, publishers, shipped_packs

CENTRE, PORT = "http://127.0.0.1:8602", 8601


def main() -> None:
    training = os.environ.get("ALONGSIDE_TRAINING") == "1"
    try:
        packs = FetchedPacks(shipped_packs(training=training), publishers(training=training))
    except NoPublisher as missing:
        raise SystemExit(f"This program cannot start: {missing}.") from None
    except PackWrong as wrong:
        raise SystemExit(f"This program cannot start: {wrong}. Install it again.") from None
    logging.basicConfig(level=os.environ.get("ALONGSIDE_LOG", "WARNING"), format="%(asctime)s %(name)s %(message)s")
    address = Address.given(os.environ.get("ALONGSIDE_CENTRE") or CENTRE, os.environ, training=training)

    def open_page(page: ft.Page) -> None:
        open_console(page, lambda: Desk(address, packs, training=training), training=training)

    show(open_page, "Alongside – desktop console", PORT)


if __name__ == "__main__":
    main()
