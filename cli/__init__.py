"""The operator's command ``runjail``: puts the other packages together; nothing imports it."""
