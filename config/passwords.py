"""The two profiles of passwords (decision 22), as Django's AUTH_PASSWORD_VALIDATORS."""

from typing import Any

DJANGO = "django.contrib.auth.password_validation."
OWN = "accounts.password_rules."
COMMON: list[dict[str, Any]] = [
    {"NAME": f"{DJANGO}UserAttributeSimilarityValidator"},
    {"NAME": f"{DJANGO}CommonPasswordValidator"},
    {"NAME": f"{OWN}NotTheSite"},
]
PROFILES: dict[str, list[dict[str, Any]]] = {
    # What an assessment of 等保三级 asks for
    "mlps3": [
        {"NAME": f"{DJANGO}MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
        {"NAME": f"{OWN}Classes", "OPTIONS": {"least": 3}},
        *COMMON,
        {"NAME": f"{OWN}NotBefore", "OPTIONS": {"last": 5}},
    ],
    # OWASP ASVS 5.0: long, not common, no rotation
    "asvs": [{"NAME": f"{DJANGO}MinimumLengthValidator", "OPTIONS": {"min_length": 15}}, *COMMON],
}
