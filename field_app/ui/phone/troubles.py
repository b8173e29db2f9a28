"""What went wrong and what to do, in words for a nurse."""

from sync.core.errors import AlongsideError

Trouble = tuple[str, str]  # what, and what to do
NO_TROUBLE: Trouble = ("", "")
ERRORS = {
    "not_reachable": "The centre cannot be reached.",
    "pin_wrong": "That PIN is not right.",
    "pin_wait": "Too many wrong PINs.",
    "pin_locked": "Too many wrong PINs.",
    "pin_weak": "That PIN is too easy to guess.",
    "disk_full": "This phone’s storage is full.",
    "changed_meanwhile": "Something changed while this was on the screen.",
    "sign_in_wrong": "The user name or password is not right.",
    "no_safe_place": "This device cannot be used for records.",
    "key_store_silent": "This phone’s key store does not answer.",
    "key_lost": "This phone’s key is gone.",
    "packs_altered": "The law and the guidance in this app have been altered.",
    "not_begun": "Alongside could not begin.",
}


def say_error(error: AlongsideError) -> Trouble:
    return ERRORS.get(error.code) or sentence(str(error)), error.advice


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
