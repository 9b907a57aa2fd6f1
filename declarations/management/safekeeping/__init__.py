"""Backups: made from one moment, content and keys apart, and brought back knowing what was taken back since (M14)."""
