"""The desktop console: what supervisors review, and what officers read of what they co-signed.

    app.py       opens it on a page: frame, net under every handler    state.py   Console: who, which screen, what is typed
    room.py      one column, two panes or three                        asked.py   asking the centre; slow and failed answers
    rail.py      where one can go                                      sign_in.py
    board.py     live board            attention.py what waits beside  review.py  queue, record, decision
    record.py    one record, drawn     signatures.py who signed, drawn about.py   who has it, its rules, its clocks (pure)
    reading.py   one record, in words: sections, signatures (pure)     history.py its history in words (pure)
    decision.py  approve, return, settle: sent by `field_app.desk.desk`     comments.py of a return
    records.py   list, filters         wanted.py what is asked for     tables.py  one too wide scrolls in its own box
    phones.py    unsent work           sheets.py an officer's sheets   pieces.py  dense pieces of the desk

A screen asks the centre through `asked.use_polled`, in a thread, and shows the last answer until there is a new one. It
never shows a decision as done before its receipt has verified (`field_app.desk.desk`).

Identifiers, for tests and screen readers (in a browser the attribute `flt-semantics-identifier`):

    username password sign-in sign-in-error expired                        signing in
    go-board go-review go-records go-phones go-sheets theme sign-out who   the rail
    trouble try-again error-panel refresh                                  anywhere
    open-INCIDENT tile-review board-empty handed-on overdue unsent-phones handed-INCIDENT late-INCIDENT    live board
    queue-INCIDENT nothing-to-review open-records                           the queue; keys j k a r
    face-queue face-record face-decision                                   what is in front in a small window
    holder handed-on rule-pack clock waited                                the head of a record
    record-INCIDENT signature cosignature strokes points section-RECORD    a record
    answer-KIND-NAME history-RECORD clash-KIND-NAME use-KIND-NAME-N        its answers (a click pins a comment)
    decision approve return comment-KIND-NAME remove-comment-KIND-NAME     the decision
    decision-error not-sent send-again                                     what failed, what waits
    search filter-standing filter-nature filter-car filter-since filter-until clear-filters clear-filters-here
    sort-label sort-opened sort-car sort-signed sort-standing row-INCIDENT previous-page next-page records-empty day-ignored search-too-long back
    phone-DEVICE phones-empty sheet-INCIDENT sheet sheets-empty            phones; an officer's sheets
"""
