"""The report for managers, section by section, and the figures that were given out."""
