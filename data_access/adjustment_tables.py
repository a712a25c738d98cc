"""What analysts change in a forecast, why, and who approved it."""
