"""What a challenger may not give up for a better figure: measured for both models, and for viewers of each kind."""
