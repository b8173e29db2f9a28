"""A phone that cannot begin says why and what to do, and begins when somebody tries again."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from field_app import bootstrap
from field_app import main as main_file
from field_app.phone.phone import Phone
from field_app.phone.store.keystore import KeyLost, KeyStoreSilent, NoSafePlace
from tests.steps.ui.harness import App

FAULTS = [
    (KeyStoreSilent("no answer"), "key store does not answer", "Nothing on this phone was changed"),
    (NoSafePlace("no key store"), "cannot be used for records", "Use it for training only"),
    (KeyLost("the secret is missing"), "key is gone", "Do not reinstall"),
    (ValueError("whatever the platform raises"), "could not begin", "was not touched"),
]


@pytest.mark.parametrize(("fault", "what", "advice"), FAULTS, ids=[type(fault).__name__ for fault, *_ in FAULTS])
async def test_what_stops_it_is_said_and_tried_again(device: Phone, monkeypatch: Any, fault, what, advice):
    faults = [fault]

    def make(_folder: Path) -> Phone:
        if faults:
            raise faults.pop()
        return device

    monkeypatch.setattr(bootstrap, "use_platform_keys", lambda _: None)
    shown: list[Any] = []
    monkeypatch.setattr(main_file, "show", lambda open_page, *_, **__: shown.append(open_page))
    main_file.main(make)
    async with App(lambda page: None) as app:
        opening = asyncio.create_task(shown[0](app.page))
        await app.until(lambda: app.has("refused"))
        assert app.says(what)
        assert app.says(advice)
        assert not app.says("whatever the platform raises")
        await app.tap("try-again")
        await app.until(lambda: app.has("username"))
        await opening
