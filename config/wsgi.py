"""The web server's entrance."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# A page makes some ten thousand objects and drops them: what the site itself is made of need not be looked through
# again at each collection, and memory shared by the workers stays shared
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
