"""The words that no screen, message or table may say about a person, and where words stand in a module."""

import ast
import re
from pathlib import Path

FORBIDDEN = [
    r"\b(very |extremely )?(low|medium|moderate|high)[\s_-]*risk\b",
    r"\brisk[\s_-]*(score|level|rating|category|stratification|of suicide)\b",
    r"\bsuicide[\s_-]*risk\b",
    r"\bmentally[\s_-]*ill\b",
    r"\bcommit(ted|s|ting)?[\s_-]*suicide\b",
    r"\bno longer responsible\b",
    r"(?-i:\bRAG\b)",
]  # fmt: skip


def spoken(path: Path) -> list[str]:
    """Every string of a module but its docstrings: labels, codes, questions, hints, phrases, notes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def forbidden(text: str) -> list[str]:
    return [pattern for pattern in FORBIDDEN if re.search(pattern, text, re.IGNORECASE)]
