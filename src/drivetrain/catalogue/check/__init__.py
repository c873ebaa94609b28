"""Proves the rows of the shipped facts: schema, sources, one spelling each, dates, pages, and no contradiction between one file and another."""
