"""How much work a centre's database does for each statement, counted and not timed.

SQLite: steps of its virtual machine, by its progress handler. PostgreSQL: rows that the nodes of the plan visited, by
EXPLAIN ANALYZE of each statement, in a savepoint and just before it runs. What is counted is all the program sends,
seen by SQLAlchemy's own event, so a new statement is counted without being named anywhere.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

STEPS = 10  # of the virtual machine between two calls of the handler
COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE")
ONE = r"(?:\?|%\(\w+\)s(?:::\w+)?)"
SEVERAL = re.compile(rf"\({ONE}(?:, {ONE})*\)")
LISTED = re.compile(r"\(\.\.\.\)(?:, \(\.\.\.\))+")

Work = Counter[str]  # by statement; lists of any length are one statement


@contextmanager
def counted(engine: Engine) -> Iterator[Work]:
    """The work of every statement that runs meanwhile, also in other threads."""
    work: Work = Counter()
    stepping: set[Any] = set()  # connections with a handler

    def before(conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        raw = conn.connection.dbapi_connection
        name = LISTED.sub("(...)", SEVERAL.sub("(...)", statement))
        if engine.dialect.name == "sqlite":
            stepping.add(raw)
            raw.set_progress_handler(lambda: work.update({name: STEPS}), STEPS)
        elif statement.startswith(COUNTED):
            work[name] += sum(_visited(raw, statement, each) for each in (parameters if many else [parameters]))

    event.listen(engine, "before_cursor_execute", before)
    try:
        yield work
    finally:
        event.remove(engine, "before_cursor_execute", before)
        for raw in stepping:
            raw.set_progress_handler(None, STEPS)


def _visited(raw: Any, statement: str, parameters: Any) -> int:
    with raw.cursor() as cursor:
        cursor.execute("SAVEPOINT counted")
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters, prepare=False)
        plan = cursor.fetchone()[0][0]["Plan"]
        cursor.execute("ROLLBACK TO SAVEPOINT counted")
        cursor.execute("RELEASE SAVEPOINT counted")
    return round(_rows(plan))


def _rows(node: dict[str, Any]) -> float:
    """Rows that this node and those below it gave out, or looked at and put aside."""
    aside = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
    return (node["Actual Rows"] + aside) * node["Actual Loops"] + sum(map(_rows, node.get("Plans", ())))
