"""A case system (hệ thống một cửa, hệ thống hồ sơ của bộ): dossiers come in by signed webhook, decisions go back out.

One app, played three times: the province answers over REST, the ministry over the DVCQG wire format, the power company
when it is asked (see transports/).
"""
