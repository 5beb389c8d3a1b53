"""Pure functions on the values a school writes: dates, identity numbers, course codes, class names. No input or output."""
