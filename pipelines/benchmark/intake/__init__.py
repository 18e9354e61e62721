"""How many events a second are taken in, how fast, and what happens past that."""
