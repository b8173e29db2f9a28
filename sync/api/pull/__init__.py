"""What a device gets back: the answer of an exchange, the check that both ends hold the same, and packs.

response.py      the answer to a request, part by part        verdicts.py   what is not simply accepted
gaps.py          numbers of a device that are missing here    log_pages.py  receipts and pages under signed heads
anti_entropy.py  whether both hold the same stretch of a log  packs.py      the packs handed out
"""
