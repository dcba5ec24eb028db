"""All that knows HTTP and NiceGUI: pages, pictures by id, and the guard in front of them."""
