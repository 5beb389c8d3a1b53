"""Screens of the records the duty table names, one file per content class."""
