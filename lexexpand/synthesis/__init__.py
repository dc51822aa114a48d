"""From a source sentence to a sentence of the language, with alignment and the origin of every token."""
