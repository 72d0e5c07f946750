"""Energy, carbon, water and cost of training and of use, as intervals with their sources."""
