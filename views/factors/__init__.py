"""Beyond the password: the second step of signing in, passkeys, the school's own sign-in, and the page 「登入安全」."""

from views.factors import confirming, enrolling, passkey_entry, resetting, safety, school_account, second_step
from views.factors.blueprint import blueprint

__all__ = ["blueprint", "confirming", "enrolling", "passkey_entry", "resetting", "safety", "school_account", "second_step"]
