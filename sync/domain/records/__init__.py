"""What a set of changes means."""
