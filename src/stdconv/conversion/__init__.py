"""The pure heart: frames of one side to frames of the other, and the proof that they come back."""
