from invoke import Collection

from tasks import docs

ns = Collection(docs)
