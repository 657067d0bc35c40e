"""Results against independent knowledge: known truth, stations, other velocity fields."""
