"""What every page shows around its content."""


def page(request):
    """Context of the frame."""
    return {}
