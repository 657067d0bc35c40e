"""Optional Python packages: which are missing, what they are for, and how this system gets them."""
