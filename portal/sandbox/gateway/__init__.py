"""A payment gateway as a sandbox: VNPAY 2.1.0 and the national payment platform, one page for the payer.

The checksums are written here from the published rules, apart from the portal's own: each side checks the other.
"""
