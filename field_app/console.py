"""The desktop console: one process, one desk for each browser session; `python -m field_app.console` serves it.

Settings come from the environment: ALONGSIDE_CENTRE (address of the centre), ALONGSIDE_DATA (folder of the browsers'
devices), ALONGSIDE_TRAINING=1 (synthetic data), those of `field_app.ui.serve.show`, and for the line
`sync.client.address`. Nothing of what is read or decided is kept on disk. All desks share one set of packs.
"""

import os
from functools import partial
from pathlib import Path

import flet as ft

from field_app import log_filter
from field_app.address_limit import AddressLimit
from field_app.desk.desk import Desk, system_clock
from field_app.desk.desk_devices import DeskDevices
from field_app.packs import FetchedPacks
from field_app.ui.browsers import asking
from field_app.ui.console.app import open_console
from field_app.ui.serve import show
from sync.client.address import Address
from sync.domain.content.packs import PackWrong
from sync.pack_files import NoPublisher, publishers, shipped_packs

DATA = Path(__file__).resolve().parent.parent / ".alongside" / "console"
CENTRE, PORT = "http://127.0.0.1:8602", 8601


def main() -> None:
    training = os.environ.get("ALONGSIDE_TRAINING") == "1"
    try:
        packs = FetchedPacks(shipped_packs(training=training), publishers(training=training))
    except NoPublisher as missing:
        raise SystemExit(f"This program cannot start: {missing}.") from None
    except PackWrong as wrong:
        raise SystemExit(f"This program cannot start: {wrong}. Install it again.") from None
    log_filter.set_up()
    address = Address.given(os.environ.get("ALONGSIDE_CENTRE") or CENTRE, os.environ, training=training)
    devices = DeskDevices(Path(os.environ.get("ALONGSIDE_DATA") or DATA) / "devices", system_clock)
    limit = AddressLimit()

    def open_page(page: ft.Page) -> None:
        browser = asking()

        def make_desk() -> Desk:
            device = devices.at(browser.device) if browser else None
            counted = partial(limit.counted, browser.address if browser else "")
            return Desk(address, packs, training=training, device=device, counted=counted)

        open_console(page, make_desk, training=training)

    show(open_page, "Alongside – desktop console", PORT, cookie="desk")


if __name__ == "__main__":
    main()
