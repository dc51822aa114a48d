"""Experiments: all rooms joined, from packs and labelled data to an adapter bundle, a table and a figure.

`recipe` is what `lexexpand adapt` does. `plan`, `arms`, `run`, `table` and `figure` are a study: languages
by tasks by arms by seeds. `cell` trains and predicts one of them and knows no linguistics, so that a
machine with a GPU and nothing else installed can run it.
"""
