"""Sentences in and out: readers, tokens, the analysis of a source, and corpora on disk."""
