"""What the house's own people do: change the catalog, take titles down, place rows and promotions."""
