"""Settings, routes and the processes; importing it makes the Celery app known to Django's shared tasks."""
