"""Where models are trained and served: one file per host, and what all hosts share."""
