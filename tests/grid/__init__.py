"""What a grid does for the person before it: filters, columns, totals, saved views."""
