"""What the library offers: frames in, frames out, and the same jobs for files."""
