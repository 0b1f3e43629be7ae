"""The Hub's pages: server-rendered HTML that works without JavaScript."""
