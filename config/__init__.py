"""Settings, routes and the processes; importing it makes the Celery app known to Django's shared tasks."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
