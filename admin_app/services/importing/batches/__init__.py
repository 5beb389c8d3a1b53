"""A file brought in through the browser: received, its columns chosen, checked, carried out, and undone while nothing rests on it.

`keeping` holds the file encrypted · `receiving` reads what it is · `checking` says what it would do · `carrying` does it, all or
nothing · `journal` remembers what each row was · `undoing` puts it back · `work` runs them as jobs and sweeps up.
"""
