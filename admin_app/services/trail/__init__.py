"""What happened, as a person reads it: events in words, found by filters, and what may be put back."""
