"""Screens without a browser: `harness.py` plays the Flutter client; the identifiers are listed in `field_app.ui`."""
