"""What is done to pixels; nothing here knows of pages, the index or the network."""
