"""The floor for the phone app: a Flet app with one control, served in the same way. `python -m bench.bare`"""

import flet as ft

from field_app.ui.serve import show


def open_page(page: ft.Page) -> None:
    def tapped(_: ft.Event[ft.Container]) -> None:
        toggle.checked = not toggle.checked
        box.bgcolor = "#d0e4ff" if toggle.checked else "#ffffff"
        page.update()

    box = ft.Container(ft.Text("On or off", size=16), padding=14, on_click=tapped, bgcolor="#ffffff")
    toggle = ft.Semantics(identifier="toggle", checked=False, container=True, content=box)
    page.add(toggle)


if __name__ == "__main__":
    show(open_page, "Bare", 8699, cookie="bare")
