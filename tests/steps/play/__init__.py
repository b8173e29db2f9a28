"""People's own steps at a screen, and the vignettes.

`nurse`          a nurse at the phone; `supervisor`: at the desk
`stage`          what every vignette begins with, and how to read what the centre then has
`vignettes`      the list of them, played; `power`, `help_given`: their scenes
`effort`         what an incident takes of the nurse: taps and typed characters
`at_the_centre`  what the centre holds, folded from its own log
"""
