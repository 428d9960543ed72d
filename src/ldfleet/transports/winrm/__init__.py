"""WinRM: pypsrp's protocol over our own asyncio HTTP, with a pool of remote shells."""
