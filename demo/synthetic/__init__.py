"""Synthetic incidents from a seed: any number of months and teams, one at a time, the same for the same seed.

settings.py  how things are spread, and what that rests on
person.py    somebody who does not exist
facts.py     what happens, without a word of text
words.py     invented names, places, sentences
times.py     when each thing happened
answers.py   what is recorded of the facts
complete.py  whatever a form still asks for, by its type
case.py      one incident as it was recorded

`generate` gives `Case`s; `facts` alone is quick enough to count a hundred thousand.
"""

from demo.synthetic.case import Case, generate
from demo.synthetic.facts import Facts, facts
from demo.synthetic.settings import Spread

__all__ = ["Case", "Facts", "Spread", "facts", "generate"]
