"""The console command and the terminal screens."""

import os

# Textual draws in steps of this many a second and one key often takes three of them: with its own
# 60 that is up to 50 ms of waiting. Nothing is drawn that did not change. Read when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "250")
