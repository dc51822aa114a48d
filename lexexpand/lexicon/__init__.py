"""Words: bilingual lexicons, their readers and their cleaning. The data are in `lexicons/`."""
