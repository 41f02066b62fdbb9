"""Figures and causes that people type beside what the store counts."""
