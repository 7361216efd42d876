"""The release that a container image's reference names."""

from eksdoctor.model.facts.version import Version

LARGEST_MAJOR = 19  # beyond it a tag is a date or a build number


def release_of(image: str) -> Version | None:
    """The release in the tag; None for a bare digest, a name or a date."""
    name = image.partition("@")[0].rpartition("/")[2]
    _, colon, tag = name.partition(":")
    version = Version.parse(tag) if colon else None
    return version if version is not None and version.major <= LARGEST_MAJOR else None
