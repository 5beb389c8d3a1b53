"""Passwords: how they are kept (`hashing`), what a new one must be like (`profiles`), and which are too well known (`common`)."""
