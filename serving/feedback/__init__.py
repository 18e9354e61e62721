"""What viewers think of titles: thumbs, stars, and reviews that somebody reads before others do."""
