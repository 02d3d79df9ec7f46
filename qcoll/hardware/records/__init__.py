"""Submissions on disk: a folder each that says all about one, at every moment."""
