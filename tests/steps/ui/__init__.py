"""The app headless.

`harness`    Flet's real session with a fake client; a phone whose centre never answers
`fixtures`   that phone, a nurse at it, the app at home
`incident`   an incident on the phone's screens: begun, answered, finished, signed
`console`    the desk's screens: what is laid for them, and the steps of who sits there
`forms`      a form with one question of each kind
`form_page`  one page of that form, its draft kept in memory
"""
