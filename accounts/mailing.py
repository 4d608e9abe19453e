"""E-mail of the inbox: sent once as far as mail can tell, tried again while the server is away, given up visibly."""

import smtplib
import time

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.models import Message

QUIET_SECONDS = 60
_quiet_until = 0.0


def is_quiet() -> bool:
    """Whether the server was away a moment ago: what waits is left waiting, and costs none of its tries."""
    return time.monotonic() < _quiet_until


def mail(message: Message) -> None:
    """Send one message and end its row, or give it back to be tried later.

    The same row always has the same Message-ID: should a worker be killed between sending and noting it, the
    receiver's mail server can tell the second copy from another letter.
    """
    global _quiet_until
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    letter = EmailMessage(
        message.title,
        f"{message.body}\n\n请登录系统查看。",
        to=[message.user.email],
        headers={"Message-ID": f"<{message.uid}@{host}>"},
    )
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as refused:
        lasting = all(code >= 500 for code, _words in refused.recipients.values())
        words = "邮件没有发出：邮件服务器不接受收件地址"
        message.fail(words) if lasting else message.again(words)
    except smtplib.SMTPDataError as refused:
        words = f"邮件没有发出：邮件服务器不接受（{refused.smtp_code}）"
        message.fail(words) if refused.smtp_code >= 500 else message.again(words)
    except OSError as broken:  # SMTP's other errors are among them
        _quiet_until = time.monotonic() + QUIET_SECONDS
        message.again(f"邮件没有发出：邮件服务器不可用（{type(broken).__name__}）")
    except ValueError:  # an address or a header that cannot be written
        message.fail("邮件没有发出：收件地址写法不对")
    else:
        message.finish()
