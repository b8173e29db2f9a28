"""A parameter of the rule packs that nothing reads is law that the app does not keep."""

import re

from sync.domain.content.rules import Rules
from tests.house.source import PRODUCT, ROOT, budget, files, name, text

WHERE = "sync/domain/content/rules.py"


def test_every_parameter_of_the_rules_has_a_reader() -> None:
    code = "\n".join(text(file) for file in files(*PRODUCT) if name(file) != WHERE)
    pages = "\n".join(page.read_text() for page in (ROOT / "assets" / "packs").rglob("*.md"))
    own = text(ROOT / WHERE)
    unread = {
        parameter
        for parameter in Rules.model_fields
        if not re.search(rf"\b{parameter}\b", code + pages) and f"self.{parameter}" not in own
    }
    assert unread == set(budget()["rules_without_a_reader"])
