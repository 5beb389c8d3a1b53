"""The life of an account: made from the rosters, given a first password, found idle or left behind, disabled."""
