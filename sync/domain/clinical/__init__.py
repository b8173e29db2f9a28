"""Clinical and legal rules."""
