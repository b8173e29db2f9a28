"""Six incidents, each standing somewhere else, a TOML file each. Everybody and everything in them is made up.

story.py  what a story is, and how one is read

NHS numbers are from the range kept for tests (999). Times are minutes before now, so that clocks are running: `ago` is
a moment, `tapped` a time of the ribbon. A section that is `usual` has the answers of usual.toml besides its own.
"""

from demo.stories.story import Story, StorySection, stories

__all__ = ["Story", "StorySection", "stories"]
