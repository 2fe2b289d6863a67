"""The stages of the flow, each a module of pure functions; they never import each other."""
