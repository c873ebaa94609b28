"""Reads package indexes into a `Snapshot`: simple pages (PEP 691 or 503), wheel METADATA by range requests, only what changed."""
