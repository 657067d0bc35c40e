"""What the user sees: docks, menu actions, layers of whole results. Computes nothing about the ground itself."""
