"""The paper as code: closed forms, a table of its equations, a table of its claims, and its figures."""
