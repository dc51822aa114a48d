"""From encoded text to trained adapters: objectives, the training loop, and what is known beforehand.

Everything here takes encoded text and a `Network`; no language object, no reader of files is imported when
this room trains, so that it runs where only numpy, torch and the Hugging Face libraries are installed.
"""
