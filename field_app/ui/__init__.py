"""The screens of the phone (the console's are in `console/`).

    start.py    opens the app on a page: theme, lifecycle, the net under every handler
    routes.py   address -> stack of views          state.py   Ui: who is here, what is in hand, going and doing
    frame.py    bar, strip, body, thumb bar        strip.py   the line that says where the work is
    form.py     draws any page of any form         answers.py one widget per kind of answer: choices.py, when.py
    fields.py   text fields that lose no key       serve.py  how an app is shown in a browser
    pad.py      the draft in hand, kept and sealed typed.py   days and times as people type them
    later.py    something done once, soon          hooks.py   what a component holds while it is drawn
    clocks.py   the running clocks of an incident  ink.py     a signature on glass
    groups.py   a question of several items        unavailable.py  why an answer, or all the rest, could not be got
    interruption.py  the card that interrupts
    parts.py    buttons, cards, callouts, fields; `part`, the error boundary every component stands behind
    theme.py    colours by role, day and night     screens/   one file per screen

Identifiers. Everything a test or a screen reader must find carries one (`parts.named`), stable and in this pattern; in a
browser it is the attribute `flt-semantics-identifier`, on Android the resource id.

    username password pin pin-again sign-in someone-else person-USER            signing in; sign-in-error cleared
    strip theme back lock                                                       on every screen; clock-wrong restored
    app-old fetching                                                            what else there is to know
    start-shift end-shift car-CAR pattern-N shift-from shift-to crew-officer    a shift; join-SHIFT_ID
    new-incident incident-ID returned-ID accept-ID handed-ID guidance services rules  home
    next-step enter-time time-EVENT enter-EVENT enter-EVENT-use                 the ribbon; all-times all-times-EVENT
    section-KIND section-KIND-N add-KIND other-sections officer check amend     an incident; standing asked-N
    holder accept record-acceptance hand-on hand-on-KIND hand-on-to -note -send handing on; accepted accepted-by -role -at
    interruption-KIND interruption-KIND-settle interruption-KIND-record         KIND: red-flag, child, dwelling
    use-suggestion-NAME use-suggestions seen-before same-person not-same-person what the record suggests
    rest answer-rest-CODE rest-reason rest-use                                  the rest could not be got
    answer-NAME answer-NAME-CODE answer-NAME-now -edit -use -calendar -phrase-N an answer; clear-NAME
    unavailable-NAME answer-NAME-unavailable-CODE answer-NAME-reason            could not get it
    add-NAME edit-NAME-N remove-NAME-N done-NAME-N answer-NAME-N-PART           items of a group
    clash-NAME use-NAME-N comment-NAME                                          two answers; a supervisor's comment
    continue previous-page pages page-N error-summary fault-NAME                moving through a section
    missing missing-KIND-NAME pin sign sign-error                               check and sign
    sheet officer-force officer-collar officer-name signature-pad officer-sign  officer's turn; officer-no officer-reason
    officer-decline nurse-back take-back                                        and back to the nurse
    guidance-search guidance-ID rules law-ID pack-state packs-refused           guidance and law; page-expired new-guidance
    services-search service-ID open-only pick-ID all-services service-chosen    the directory, and choosing from it
    sync-now work-offline record-ID sign-out renew sync-problem error-panel     records and receipts
"""
