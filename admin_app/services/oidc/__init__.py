"""Signing in with the account of the school's own sign-in service (OpenID Connect): Google Workspace, or a city's."""
