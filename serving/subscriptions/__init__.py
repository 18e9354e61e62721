"""What an account pays for: tiers, the state of a subscription, and what the payment provider tells."""
