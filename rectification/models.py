"""Index of the rooms' models, for Django; rooms import each other's `models`, never this."""

from rectification.acceptance.models import *  # noqa: F403
from rectification.cases.leader_models import *  # noqa: F403
from rectification.cases.models import *  # noqa: F403
from rectification.duties.models import *  # noqa: F403
from rectification.evidence.models import *  # noqa: F403
from rectification.filings.models import *  # noqa: F403
from rectification.lookback.models import *  # noqa: F403
from rectification.remediation.activities.models import *  # noqa: F403
from rectification.remediation.models import *  # noqa: F403
from rectification.remediation.reporting.models import *  # noqa: F403
from rectification.remediation.support.models import *  # noqa: F403
from rectification.remediation.targets.models import *  # noqa: F403
from rectification.reviews.models import *  # noqa: F403
from rectification.schemes.duty_models import *  # noqa: F403
from rectification.schemes.models import *  # noqa: F403
from rectification.schemes.practice_models import *  # noqa: F403
from rectification.supervision.circulars.models import *  # noqa: F403
from rectification.supervision.inspections.models import *  # noqa: F403
from rectification.supervision.notices.models import *  # noqa: F403
from rectification.survey.change_models import *  # noqa: F403
from rectification.survey.joint_models import *  # noqa: F403
from rectification.survey.models import *  # noqa: F403
from rectification.survey.note_models import *  # noqa: F403
