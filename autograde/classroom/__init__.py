"""What a teacher needs to know about a class: accounts from a list, and exports of what happened."""
