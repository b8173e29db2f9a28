"""The desktop console: what supervisors review, and what officers read of what they co-signed.

    app.py           opens it on a page: frame, net under every handler
    state.py         `Console`: who, which screen, what is typed
    layout.py        one column, two panes or three
    polling.py       asking the centre; slow and failed answers
    nav_rail.py      where one can go
    sign_in.py       who sits at the desk
    board.py         the live board
    attention.py     what waits beside it
    review.py        queue, record, decision
    record.py        one record, drawn
    section.py       one section of it: answers, clashes, history
    signatures.py    who signed it, drawn
    header_facts.py  who has it, its rules, its clocks (pure)
    reading.py       its sections in words (pure)
    who_signed.py    its signatures, and the record as it was signed (pure)
    history.py       its history in words (pure)
    decision.py      approve, return, settle: sent by `field_app.desk.desk`
    comments.py      the comments of a return
    records.py       all records: list, search
    filters.py       what is asked for
    phones.py        phones: unsent work, clearing
    late_work.py     what was sealed after leaving, accepted
    sheets.py        an officer's sheets
    tables.py        a table that is too wide scrolls in its own box
    widgets.py       small pieces, denser than the phone's
    buttons.py       its buttons
    fields.py        its fields

A screen asks the centre through `polling.use_polled`, in a thread, and shows the last answer until there is a new one.
It never shows a decision as done before its receipt has verified (`field_app.desk.desk`).

Identifiers, for tests and screen readers (in a browser the attribute `flt-semantics-identifier`):

    username password sign-in sign-in-error expired                    signing in
    go-board go-review go-records go-phones go-late-work go-sheets     the navigation rail; who theme sign-out
    trouble try-again error-panel refresh                              anywhere
    open-INCIDENT tile-review board-empty handed-on overdue            live board; unsent-phones
    handed-INCIDENT late-INCIDENT late-work accept-INCIDENT            and what waits beside it
    queue-INCIDENT nothing-to-review open-records                      the queue; keys j k a r
    face-queue face-record face-decision                               what is in front in a small window
    holder handed-on rule-pack clock waited                            the head of a record
    record-INCIDENT signature cosignature strokes points               a record; section-RECORD
    answer-KIND-NAME history-RECORD clash-KIND-NAME use-KIND-NAME-N    its answers (a click pins a comment)
    decision approve return comment-KIND-NAME                          the decision; remove-comment-KIND-NAME
    decision-error not-sent send-again                                 what failed, what waits
    search filter-standing filter-nature filter-car filter-since       records; filter-until clear-filters-here
    clear-filters sort-label sort-opened sort-car sort-signed          sort-standing row-INCIDENT
    previous-page next-page records-empty day-ignored back             search-too-long
    late-work-INCIDENT late-decision accept late-empty undecided       what was sealed after leaving
    phone-DEVICE phones-empty phones-twice sheet-INCIDENT sheet sheets-empty   phones; an officer's sheets
"""
