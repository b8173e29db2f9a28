"""What is done in one way only: pressing a button, cutting a list, writing to the phone's disk."""

import ast

from tests.house.source import files, name, tree

PRESSES = ("on_click", "on_long_press", "on_submit", "on_tap")


def heard(module):
    """What is heard in this module: the line, and the handler as it is written."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("ft."):
            for keyword in node.keywords:
                if keyword.arg in PRESSES:
                    yield node.lineno, ast.unparse(keyword.value)
        elif isinstance(node, ast.Assign):
            targets, value = ast.unparse(node.targets[0]), ast.unparse(node.value)
            if any(f".{press}" in targets for press in PRESSES):
                yield node.lineno, value.strip("()").rpartition("True, ")[2]


def test_whatever_is_pressed_is_pressed_once():
    """Nothing in the screens hears a tap or the Enter key but through `once`."""
    everything = [(file, line, handler) for file in files("field_app/ui") for line, handler in heard(tree(file))]
    assert len(everything) > 20
    unguarded = [f"{name(file)}:{line}" for file, line, handler in everything if not handler.startswith("once(")]
    assert unguarded == []


def test_no_screen_cuts_a_list_without_a_way_to_the_rest():
    """A slice with a name for its end is in one of these places, where what follows says how to reach the rest."""
    known = {
        "field_app/ui/console/history.py": "the questions of a change, whose answers the record shows",
        "field_app/ui/forms/services.py": "with a link to all",
        "field_app/ui/phone/directory.py": "with a link to more",
        "field_app/ui/phone/seen.py": "with the number of the others",
        "field_app/desk/desk.py": "answers kept in memory",
    }
    found = set()
    for file in files("field_app/ui", "field_app/desk"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Slice) and node.lower is None and isinstance(node.upper, ast.Name):
                found.add(name(file))
    assert found <= known.keys()


def test_everything_is_written_in_one_place():
    """`Disk.transaction` alone opens a transaction, and so says what a full disk means; the tables are made before."""
    opened = {
        (name(file), node.lineno)
        for file in files("field_app")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr == "atomic"
    }
    assert {file for file, _ in opened} == {"field_app/phone/store/disk.py", "field_app/phone/store/schema.py"}
    assert len(opened) == 2
