"""What a page is measured beside: the bare framework, what one would write by hand, and a look inside."""
