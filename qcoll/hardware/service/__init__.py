"""All that touches a provider: the IBM runtime, its local mode, and their messages."""
