"""Base models, words as pieces, adapters and heads: what training and bundles both stand on."""
