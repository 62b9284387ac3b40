import nox

nox.options.sessions = ["tests"]


@nox.session(python=["3.11", "3.12"])
def tests(session: nox.Session) -> None:
    session.install(".")
    session.run("python", "-m", "unittest")


@nox.session(name="docs")
def build_docs(session: nox.Session) -> None:
    session.run("python", "-c", "print('docs')")


@nox.session
def serve(session: nox.Session) -> None:
    session.run("python", "-m", "http.server")
