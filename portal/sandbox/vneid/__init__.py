"""VNeID as a sandbox: an OpenID Connect identity provider made with django-allauth's own, for invented people."""
