"""The line: certificates, log-in pages, gateways and proxies between a device and the centre; the app behind nginx."""
