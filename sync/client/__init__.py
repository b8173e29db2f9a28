"""The ends of the line."""
