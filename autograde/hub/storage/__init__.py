"""Storage of a Hub: large files (blobs), the database and bare Git repositories. No user or HTTP logic here."""
