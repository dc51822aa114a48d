"""Forms: feature bundles, paradigms and the inflector. The data are in `morphology/`."""
