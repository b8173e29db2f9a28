"""What a PostgreSQL distributed by organisation asks of a statement, read off its syntax tree.

Every table in it is bound to one organisation: by a parameter, or by being equal to one that is. Then the whole
statement is of one node, and nothing in it has to be gathered from several.
"""

from sqlglot import exp, parse_one

from sync.api.storage.schema import metadata

OURS = frozenset(metadata.tables)
HARMLESS = (exp.And, exp.Or, exp.Cast)  # functions only to the parser


def faults(sql: str) -> list[str]:
    """Why this statement would not do; empty when it does, or touches none of our tables."""
    tree = parse_one(sql.replace("%%", "%"), read="postgres")
    if not any(table.name in OURS for table in tree.find_all(exp.Table)):
        return []
    found = [f"{kind.__name__} is not for a distributed table" for kind in (exp.Lock, exp.With) if tree.find(kind)]
    match tree:
        case exp.Insert():
            found += _insert(tree)
        case exp.Update() | exp.Delete():
            found += _change(tree)
        case exp.Select() | exp.SetOperation():
            pass
        case _:
            return [f"{type(tree).__name__} is not expected of the program"]
    return found + [fault for select in tree.find_all(exp.Select) for fault in _select(select)]


def _insert(tree: exp.Insert) -> list[str]:
    found = []
    if not isinstance(tree.this, exp.Schema) or "org" not in [column.name for column in tree.this.expressions]:
        found.append("an insert names no org")
    if not isinstance(tree.expression, exp.Values):
        found.append("an insert of what a query gives")
    clash = tree.args.get("conflict")
    if clash and "org" not in [key.name for key in clash.args.get("conflict_keys") or ()]:
        found.append("a conflict that is not looked for within an organisation")
    return found + _changed(clash.expressions if clash else ())


def _change(tree: exp.Update | exp.Delete) -> list[str]:
    found = _changed(tree.expressions if isinstance(tree, exp.Update) else ())
    if tree.args.get("from_") or tree.args.get("from") or tree.args.get("using"):
        found.append("a change by way of another table")
    functions = [one for one in tree.find_all(exp.Func) if not isinstance(one, HARMLESS) and not one.find(exp.Select)]
    if functions:
        found.append("a change that calls a function")
    where = tree.args.get("where")
    return found + _unbound([tree.this], [where.this] if where else [])


def _changed(settings) -> list[str]:
    return ["an organisation that is changed" for one in settings if one.this.name == "org"]


def _select(select: exp.Select) -> list[str]:
    """The tables of this query, not those of queries in it."""
    source = select.args.get("from_") or select.args.get("from")
    joins = select.args.get("joins") or []
    tables = [one.this for one in (source, *joins) if one is not None]
    where = select.args.get("where")
    said = [where.this] if where else []
    return _unbound(tables, said + [join.args["on"] for join in joins if join.args.get("on")])


def _unbound(tables, conditions) -> list[str]:
    """The tables for which nothing says of which organisation."""
    names = {table.alias_or_name: table for table in tables if isinstance(table, exp.Table) and table.name in OURS}
    bound: set[str] = set()
    pairs: list[set[str]] = []
    for condition in conditions:
        for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            part = part.unnest()
            if isinstance(part, exp.EQ):
                sides = [part.this.unnest(), part.expression.unnest()]
                orgs = [side.table or next(iter(names), "") for side in sides if _is_org(side)]
                if len(orgs) == 2:
                    pairs.append(set(orgs))
                elif len(orgs) == 1 and any(_is_given(side) for side in sides):
                    bound.add(orgs[0])
    for _ in pairs:
        bound |= {name for pair in pairs if pair & bound for name in pair}
    return [f"{table.name} without an organisation" for name, table in names.items() if name not in bound]


def _is_org(side: exp.Expression) -> bool:
    return isinstance(side, exp.Column) and side.name == "org"


def _is_given(side: exp.Expression) -> bool:
    return isinstance(side, exp.Parameter | exp.Placeholder | exp.Literal | exp.Cast)
