"""Sets of values as closed data, and the functions over them."""
