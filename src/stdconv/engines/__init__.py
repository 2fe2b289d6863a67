"""Where batches are worked on: by threads of this process."""
