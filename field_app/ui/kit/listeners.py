"""Listeners (the observer pattern): functions that are called when something of a name changes."""

from collections.abc import Callable, Hashable

Listener = Callable[[], None]


class Listeners:
    def __init__(self) -> None:
        self._by_name: dict[Hashable, list[Listener]] = {}

    def on(self, name: Hashable, listener: Listener) -> Listener:
        """Calls the listener at each change of this name; what is returned ends that."""
        listeners = self._by_name.setdefault(name, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener) if listener in listeners else None

    def tell(self, name: Hashable) -> None:
        for listener in tuple(self._by_name.get(name, ())):
            listener()
