"""The frame of every page: the menu, light and dark, print, every template."""
