"""Forms of words that no table has: a transducer over letters, learned from a table, and its gate."""
