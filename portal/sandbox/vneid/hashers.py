"""How the client's secret is kept: long and random, it needs no slow hash, and every token request checks it."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class ClientSecretHasher(PBKDF2PasswordHasher):
    algorithm = "sandbox_pbkdf2"
    iterations = 1000
