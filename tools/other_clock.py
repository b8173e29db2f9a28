"""A phone or a centre at another time than this machine's: `python -m tools.other_clock`.

ALONGSIDE_RUN says which of the two, ALONGSIDE_AHEAD_S how many seconds its clock is ahead. So a detention can be lived
through in minutes, and a phone can be fourteen minutes fast.
"""

import os
from datetime import UTC, datetime, timedelta

AHEAD = timedelta(seconds=int(os.environ.get("ALONGSIDE_AHEAD_S", "0")))


def phone() -> None:
    from field_app import bootstrap, main
    from field_app.phone.session import SystemClock

    class Ahead(SystemClock):
        def now(self) -> datetime:
            return super().now() + AHEAD

    main.main(lambda folder: bootstrap.make_phone(folder, Ahead()))


def centre() -> None:
    import uvicorn

    from demo.centre_people import teams
    from sync.api.app import create_app
    from sync.api.ops.connections import uvicorn_settings
    from sync.api.settings import from_environment

    settings = from_environment()
    app = create_app(settings, lambda: datetime.now(UTC) + AHEAD, teams(settings.demo))
    uvicorn.run(app, host=settings.host, port=settings.port, **uvicorn_settings(settings.connections))


def console() -> None:
    from field_app.console import main

    main()


if __name__ == "__main__":
    {"field_app.main": phone, "sync.api": centre, "field_app.console": console}[os.environ["ALONGSIDE_RUN"]]()
