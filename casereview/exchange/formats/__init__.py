"""Bytes of files known and unpacked, within limits that are checked first."""
