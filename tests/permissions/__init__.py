"""Who may see and do what, over HTTP, held against the paper (`tests/oracle`)."""
