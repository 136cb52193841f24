"""The review page: one HTML file that shows a verified architecture to the people in a meeting."""
