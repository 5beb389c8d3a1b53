"""The student's own side: own courses, what stands in them, what is stated, what a receipt proves."""
