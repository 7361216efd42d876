"""`python -m eksdoctor`."""

from eksdoctor.cli import main

main()
