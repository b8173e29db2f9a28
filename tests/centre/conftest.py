"""A real centre on either database, for every test here."""

from tests.steps.centre.fixtures import (
    desk,
    empty_url,
    every_statement_keeps_to_one_organisation,
    people_command,
    phone,
    postgres,
    postgres_server,
    running,
    sqlite_template,
    url,
)

__all__ = [
    "desk",
    "empty_url",
    "every_statement_keeps_to_one_organisation",
    "people_command",
    "phone",
    "postgres",
    "postgres_server",
    "running",
    "sqlite_template",
    "url",
]
