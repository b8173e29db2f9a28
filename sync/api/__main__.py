"""Composition root of the centre: `python -m sync.api`. Settings come from the environment (sync/api/settings.py)."""

import gc
import sys

import uvicorn
from fastapi import FastAPI

from sync.api import logging
from sync.api.accounts.people import NewTeam
from sync.api.app import create_app
from sync.api.ops.connections import uvicorn_settings
from sync.api.pull import packs
from sync.api.settings import from_environment
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import adapter, questions
from sync.pack_files import NoPublisher, publishers, shipped


def application() -> FastAPI:
    """The centre that the environment asks for, with the demo people where it says so. uvicorn calls it."""
    logging.start_logging()
    settings = from_environment()
    teams: tuple[NewTeam, ...] = ()
    if settings.demo:
        from demo import centre_people

        teams = centre_people.teams(settings.demo)
    app = create_app(settings, teams=teams)
    for form in CATALOGUE.values():
        for name in questions(form):
            adapter(form, name)  # made now, not while the first phone waits
    gc.freeze()  # what is loaded stays: looking through it again and again finds nothing
    gc.set_threshold(50_000, 20, 50)
    return app


def main() -> int:
    try:
        settings = from_environment()
        training = settings.training
        packs.known(shipped(training=training), packs.shelf(settings.packs, publishers(training=training)))
    except NoPublisher as error:
        print(f"This program cannot start: {error}.", file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    uvicorn.run(
        "sync.api.__main__:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        **uvicorn_settings(settings.connections),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
