from setuptools import find_packages, setup

VERSION = "2.1.0"

setup(
    name="gridwalk",
    version=VERSION,
    description="Walks on grids",
    long_description=open("README.md").read(),
    long_description_content_type="text/markdown",
    packages=find_packages(exclude=["tests"]),
    python_requires=">=3.9",
)
