import re
from pathlib import Path

from setuptools import setup

numbers = re.search(r"VERSION = \((.*?)\)", Path("tidepool/__init__.py").read_text())[1]

setup(
    name="tidepool",
    version=numbers.replace(", ", "."),
    packages=["tidepool"],
    python_requires=">=3.11",
    description="Small waters",
    long_description=Path("README.md").read_text(),
    long_description_content_type="text/markdown",
)
