"""LlamaIndex's hybrid, put together as its documentation shows: Chroma, BM25 and reciprocal rank fusion.

Its splitter makes passages of the size of Footnote's, its titles are known to words and vectors, the model
is the same; nothing here touches a network (the tokenizer and sentence data that it needs are bundled).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

os.environ["ANONYMIZED_TELEMETRY"] = "False"

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from llama_index.core import Settings, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import BaseNode, Document
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.vector_stores.types import FilterOperator, MetadataFilter, MetadataFilters
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.chroma import ChromaVectorStore

from benchmarks.data import Article, day_number
from benchmarks.minilm import MiniLM
from retrieval.passages import split

_ROUND = 100  # articles of one run of its pipeline: more than 5,461 passages at once are refused by Chroma
_SAMPLE = 60  # articles on which the passage size is matched


class MiniLMEmbedding(BaseEmbedding):
    """The model in LlamaIndex's own interface, with its own batches of ten; each uses all cores."""

    _model: MiniLM = PrivateAttr(default_factory=MiniLM)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._model.embed(texts).tolist()
        return vectors


class LlamaIndex:
    """An ingestion pipeline into Chroma beside a BM25 index, both kept in one folder."""

    def __init__(self, folder: Path) -> None:
        Settings.llm = None
        self._folder = folder
        self._embedding = MiniLMEmbedding()
        client = chromadb.PersistentClient(
            str(folder / "chroma"), settings=ChromaSettings(anonymized_telemetry=False)
        )
        collection = client.get_or_create_collection(
            "passages", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
        self._vectors = ChromaVectorStore(chroma_collection=collection)
        self._documents = SimpleDocumentStore()
        self._bm25: BM25Retriever
        self._days: np.ndarray[Any, Any]

    def fill(self, articles: Sequence[Article]) -> int:
        pipeline = IngestionPipeline(
            transformations=[
                SentenceSplitter(chunk_size=_matching_size(articles), chunk_overlap=0),
                self._embedding,
            ],
            docstore=self._documents,
            vector_store=self._vectors,
        )
        nodes: list[BaseNode] = []
        for start in range(0, len(articles), _ROUND):
            some = [_document(each) for each in articles[start : start + _ROUND]]
            nodes += pipeline.run(documents=some)
        if nodes:
            BM25Retriever.from_defaults(nodes=nodes).persist(str(self._folder / "bm25"))
        return len(nodes)

    def open(self) -> None:
        self._index = VectorStoreIndex.from_vector_store(self._vectors, embed_model=self._embedding)
        self._bm25 = BM25Retriever.from_persist_dir(str(self._folder / "bm25"))
        self._days = np.array([each["published"] for each in self._bm25.corpus])

    def search(self, question: str, k: int, until: date | None = None) -> list[str]:
        self._bm25.similarity_top_k = k
        self._bm25.corpus_weight_mask = (
            (self._days <= day_number(until)).astype(int).tolist() if until else None
        )
        retriever = QueryFusionRetriever(
            [self._index.as_retriever(similarity_top_k=k, filters=_filters(until)), self._bm25],
            mode=FUSION_MODES.RECIPROCAL_RANK,
            num_queries=1,
            similarity_top_k=k,
            use_async=False,
        )
        found = [each.node.metadata for each in retriever.retrieve(question)]
        last = day_number(until)
        return [about["document"] for about in found if not until or about["published"] <= last]

    def close(self) -> None:
        """It has nothing to let go of."""


def make(folder: Path) -> LlamaIndex:
    return LlamaIndex(folder)


def _document(article: Article) -> Document:
    about = {"title": article.title, "document": article.id, "published": day_number(article.published)}
    unseen = ["document", "published"]  # the title alone is embedded and indexed with the text
    return Document(
        text=article.text,
        id_=article.id,
        metadata=about,
        excluded_embed_metadata_keys=unseen,
        excluded_llm_metadata_keys=unseen,
    )


def _matching_size(articles: Sequence[Article]) -> int:
    """The tokens of a passage at which LlamaIndex's are as long as Footnote's, on average."""
    sample = articles[:: max(1, len(articles) // _SAMPLE)]
    wanted = sum(len(split(each.text)) for each in sample)
    documents = [_document(each) for each in sample]
    low, high = 100, 500
    while low < high:
        size = (low + high) // 2
        splitter = SentenceSplitter(chunk_size=size, chunk_overlap=0)
        if len(splitter.get_nodes_from_documents(documents)) > wanted:
            low = size + 1
        else:
            high = size
    return low


def _filters(until: date | None) -> MetadataFilters | None:
    if until is None:
        return None
    shown = MetadataFilter(key="published", operator=FilterOperator.LTE, value=day_number(until))
    return MetadataFilters(filters=[shown])
