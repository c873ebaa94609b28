"""Reads the texts of the world into values, purely: each module one format."""
