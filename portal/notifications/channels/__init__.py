"""Channels that carry messages to people (kênh thông báo), chosen by settings.NOTIFICATION_CHANNELS."""
