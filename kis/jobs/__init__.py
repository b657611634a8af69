"""One file per command; each reads as gather -> decide -> stage -> deliver."""
