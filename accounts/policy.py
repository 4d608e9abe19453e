"""Deny by default: every route declares who may use it, and a route that does not stops start-up.

A policy says which roles reach the route at all; which objects they reach there is the business of
`visible_to(post)`. `scope` names the kind of object in the address, for the matrix test that walks every route.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from accounts.roles import Role

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """What a route demands.

    roles: the roles admitted; None for a public route. scope: the kind of object its address names
    ("none" when it names no object). passive: polling, which must not keep a session alive.
    repeatable: a POST that is harmless when sent twice and so needs no submission key.
    anonymous: a public route that is told nothing of who asks and leaves no line in the log (middleware.Nobody).
    proof: whether a post that sends a form here proves anew who it is (accounts/proof.py); None for nobody.
    """

    roles: frozenset[Role] | None
    scope: str
    passive: bool = False
    repeatable: bool = False
    anonymous: bool = False
    proof: Callable[[Any], bool] | None = None

    @property
    def public(self) -> bool:
        """Whether the route is open without sign-in."""
        return self.roles is None


def policy(
    roles: Iterable[Role] | Role | None,
    *,
    scope: str,
    passive: bool = False,
    repeatable: bool = False,
    anonymous: bool = False,
    proof: Callable[[Any], bool] | None = None,
) -> Callable[[View], View]:
    """Declare a view's policy; `roles=None` makes it public."""
    admitted = None if roles is None else frozenset([roles] if isinstance(roles, Role) else roles)
    declared = Policy(admitted, scope, passive, repeatable, anonymous, proof)

    def declare(view: View) -> View:
        view.policy = declared  # type: ignore[attr-defined]
        view.login_required = not declared.public  # type: ignore[attr-defined]
        return view

    return declare


def always(_post: Any) -> bool:
    """A proof everybody gives."""
    return True


def routes() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Every route of the site as (name with namespaces, pattern, view)."""
    from django.urls import get_resolver

    yield from _walk(get_resolver().url_patterns, "", "")


@lru_cache(maxsize=1)
def policies() -> dict[str, Policy]:
    """Every route's policy by its name."""
    return {name: view.policy for name, _pattern, view in routes() if hasattr(view, "policy")}


def opens(post: Any, name: str) -> bool:
    """Whether a post is admitted to the page of this name: no link leads where it is turned away."""
    declared = policies().get(name)
    return bool(declared and declared.roles and post and post.role in declared.roles)


def _walk(
    patterns: Iterable[Any], namespace: str, prefix: str
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for item in patterns:
        pattern = prefix + str(item.pattern)
        if hasattr(item, "url_patterns"):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from _walk(item.url_patterns, inner, pattern)
        else:
            yield f"{namespace}{item.name}", pattern, item.callback


def check_routes(**_kwargs: Any) -> list[Any]:
    """System check: every route declares a policy (reliability design, Access 1)."""
    from django.core.checks import Error

    return [
        Error(
            f"地址 {pattern}（{name}）没有声明访问策略",
            hint="用 accounts.policy.policy 声明",
            id="accounts.E001",
        )
        for name, pattern, view in routes()
        if not isinstance(getattr(view, "policy", None), Policy)
    ]
