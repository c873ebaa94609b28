"""Reads shared libraries from disk by their headers, a window at a time; nothing is loaded or run."""
