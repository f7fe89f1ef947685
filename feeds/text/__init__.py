"""Cleaning of text, URLs, dates, slugs and markup: pure functions of what a document says."""
