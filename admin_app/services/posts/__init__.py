"""職務: who holds which post from when to when; handing it over, preparing next year, naming who stands in."""
