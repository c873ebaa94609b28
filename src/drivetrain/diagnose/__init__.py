"""Diagnosis: which causes a log and the facts speak for, and what mends them; pure values in, pure values out."""
