"""What is in a Hub: repositories, their files and history, what is said about them, and who may do what."""
