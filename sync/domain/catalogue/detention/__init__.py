"""Detention."""
