"""The form engine: a form is a pydantic model whose fields carry their question. It knows no form.

question.py  a question, the form it stands in, the item of a group, and the context that a rule reads
form.py      what is done with a form: read, check, show, suggest, say what is missing
wording.py   an answer in words
"""

from sync.core.kinds import AnswerKey as AnswerKey
from sync.core.kinds import Answers as Answers
from sync.core.kinds import Choice as Choice
from sync.core.kinds import Event as Event
from sync.core.kinds import Moment as Moment
from sync.core.kinds import Source as Source
from sync.core.kinds import Unavailable as Unavailable
from sync.core.kinds import YesNo as YesNo
from sync.core.kinds import of_question as of_question
from sync.core.kinds import unobtainable as unobtainable
from sync.core.kinds import why_unavailable as why_unavailable
from sync.domain.forms.form import LONGEST as LONGEST
from sync.domain.forms.form import ONE_LINE as ONE_LINE
from sync.domain.forms.form import Checked as Checked
from sync.domain.forms.form import Missing as Missing
from sync.domain.forms.form import ReadAnswers as ReadAnswers
from sync.domain.forms.form import check as check
from sync.domain.forms.form import merge as merge
from sync.domain.forms.form import missing as missing
from sync.domain.forms.form import patch as patch
from sync.domain.forms.form import read as read
from sync.domain.forms.form import rest as rest
from sync.domain.forms.form import shown as shown
from sync.domain.forms.form import suggestion as suggestion
from sync.domain.forms.form import unread as unread
from sync.domain.forms.question import Context as Context
from sync.domain.forms.question import F as F
from sync.domain.forms.question import Form as Form
from sync.domain.forms.question import Item as Item
from sync.domain.forms.question import Note as Note
from sync.domain.forms.question import Question as Question
from sync.domain.forms.question import Rule as Rule
from sync.domain.forms.question import adapter as adapter
from sync.domain.forms.question import ask as ask
from sync.domain.forms.question import group as group
from sync.domain.forms.question import pages as pages
from sync.domain.forms.question import question_of as question_of
from sync.domain.forms.question import questions as questions
from sync.domain.forms.wording import in_words as in_words
