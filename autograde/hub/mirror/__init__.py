"""Copy repositories from another Hub, such as huggingface.co, the day before a class without internet."""
