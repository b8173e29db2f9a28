"""The device's end of the line to the centre.

http.py           the centre over HTTP: `SyncApi`, signing in, the lists of the desk, packs
memory_device.py  a device in memory: `SyncStore` for the console, the demo and tests
"""
