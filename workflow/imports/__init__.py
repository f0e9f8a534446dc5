"""Taking Excel lists: first a trial that is rolled back, then the same thing for good."""
