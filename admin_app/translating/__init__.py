"""The languages of the interface. 中文 is the source: code and templates say it; pages are in it unless somebody chose otherwise.

English is made at the edge: the finished page is read once and its texts are put into English by the catalogue
(`translations/en`), so that a page in 中文 costs nothing and nobody writes marks around words.

    catalogue   the .po files, read when first needed; nothing is compiled, so nothing is stale
    phrases     from a 中文 text to English: exact words, sentences with values in them, lists
    markup      the texts of an HTML page; what stands under `translate="no"` is data and stays as it was written
    edge        which language a request speaks, and the hooks into Flask, Flask-Babel, Flask-Admin and WTForms
    gathering   finds every text there is to translate (`make words`)
"""
