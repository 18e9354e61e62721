"""The night job: everything from new events to a published bundle, each step only when it is due."""
