"""The screens: the phone's and the console's, of one kit.

    kit/      what both are built of: colours, widgets, fields, frame, hooks, the error boundary
    forms/    draws any form, and holds its draft
    phone/    the phone's screens
    console/  the console's
    serve.py     how an app is shown in a browser
    browsers.py  which browser asks, and which device is its own

Identifiers. Everything a test or a screen reader must find carries one (`kit.widgets.named`), stable and in this
pattern; in a browser it is the attribute `flt-semantics-identifier`, on Android the resource id. The console's stand in
`console`.

    username password pin pin-again sign-in someone-else person-USER    signing in; use-pin sign-in-error cleared
    forgotten-pin deposit-N end-offline                                 a forgotten PIN; what locked vaults still send
    refused try-again                                                   this device cannot be used as it is
    locked                                                              the phone has locked itself
    strip theme back lock                                               on every screen; clock-wrong restored
    app-old fetching key-pending old-pin                                what else there is to know
    start-shift end-shift car-CAR pattern-N shift-from shift-to         a shift; crew-officer join-SHIFT_ID
    new-incident incident-ID returned-ID accept-ID handed-ID guidance   home; services rules
    next-step enter-time time-EVENT enter-EVENT enter-EVENT-use         the ribbon; all-times all-times-EVENT
    section-KIND section-KIND-N add-KIND other-sections officer check   an incident; amend standing asked-N
    holder accept record-acceptance hand-on hand-on-KIND hand-on-to     handing on; hand-on-note hand-on-send
    accepted accepted-by accepted-role accepted-at                      and its acceptance
    interruption-KIND interruption-KIND-settle interruption-KIND-record KIND: red-flag, child, dwelling
    use-suggestion-NAME use-suggestions seen-before same-person         what the record suggests; not-same-person
    rest answer-rest-CODE rest-reason rest-use                          the rest could not be got
    answer-NAME answer-NAME-CODE answer-NAME-now -edit -use -calendar   an answer; -phrase-N clear-NAME
    unavailable-NAME answer-NAME-unavailable-CODE answer-NAME-reason    could not get it
    add-NAME edit-NAME-N remove-NAME-N done-NAME-N answer-NAME-N-PART   items of a group
    clash-NAME use-NAME-N comment-NAME                                  two answers; a supervisor's comment
    continue previous-page pages page-N error-summary fault-NAME        moving through a section
    missing missing-KIND-NAME pin sign sign-error                       check and sign
    sheet officer-force officer-collar officer-name signature-pad       officer's turn; officer-sign officer-no
    officer-reason officer-decline nurse-back take-back                 and back to the nurse
    guidance-search guidance-ID rules law-ID pack-state packs-refused   guidance and law; page-expired new-guidance
    services-search service-ID open-only pick-ID all-services           the directory; service-chosen
    sync-now work-offline record-ID sign-out renew sync-problem         records and receipts; error-panel
"""
