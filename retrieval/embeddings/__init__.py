"""Turns text into vectors, by a model on this machine or behind an OpenAI-compatible server.

Knows nothing of documents or of where vectors are kept.
"""

from __future__ import annotations

from retrieval.embeddings.e5 import MultilingualE5
from retrieval.embeddings.minilm import LocalMiniLM
from retrieval.embeddings.model import EmbeddingModel, Vectors
from retrieval.embeddings.openai import OpenAIEmbeddings

__all__ = ["EmbeddingModel", "LocalMiniLM", "MultilingualE5", "OpenAIEmbeddings", "Vectors"]
