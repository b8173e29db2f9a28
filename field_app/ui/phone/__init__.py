"""The phone's screens, one file each: a component (state and hooks) and plain view functions (data in, controls out)."""
