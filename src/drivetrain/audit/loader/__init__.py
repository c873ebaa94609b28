"""Simulates the dynamic loader over an environment that was read: which file each name would get, without loading anything."""
