"""The suite: as development, with fixed secrets, fast password hashing and no waiting."""

import os

from portal.settings.dev import *  # noqa: F403 - a settings module is its names
from portal.settings.dev import CACHES, DATABASES, REST_FRAMEWORK, SANDBOX

SECRET_KEY = "test-only-" + "k" * 60
FIELD_KEYS = ["dGVzdC1vbmx5LWZpZWxkLWtleS0wMTIzNDU2Nzg5MDE="]
STORE_KEYS = ["dGVzdC1vbmx5LXN0b3JlLWtleS0wMTIzNDU2Nzg5MDE="]
INDEX_KEY = "test-only-index-key-" + "i" * 32
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
POPULATION_URL = ""  # tests that ask it name one
VNPAY_TMN_CODE = "TESTTMN1"
VNPAY_HASH_SECRET = "test-only-vnpay"  # noqa: S105 - opens nothing
NPP_PARTNER_CODE = "PARTNER01"
NPP_SECRET = "test-only-npp"  # noqa: S105 - opens nothing
SANDBOX = {key: value or f"test-only-{key}" for key, value in SANDBOX.items()}
REST_FRAMEWORK = {**REST_FRAMEWORK, "TEST_REQUEST_DEFAULT_FORMAT": "json"}
CATALOGUE_GLANCE_SECONDS = 0.0  # each test empties the cache and must not see what another one kept
WHITENOISE_AUTOREFRESH = True  # a client is made for each test, and would read all static files first
BELL_RINGS_ALONE = False
NOTIFICATION_CHANNELS = ["inbox", "email"]  # one row each; tests of texts switch them on
TOKEN_KEPT_SECONDS = 0.0
ROUTING_KEPT_SECONDS = 0.0
CALENDAR_KEPT_SECONDS = 0.0  # each test makes its own
DELIVERY_THREADS = 0  # a test's transaction is seen by its own thread only
CACHES["default"]["OPTIONS"] = {"socket_timeout": 15, "socket_connect_timeout": 15}  # a busy machine is no outage
DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("PORTAL_TEST_TEMPLATE")}  # bin/test has migrated it
