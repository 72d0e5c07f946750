"""Azure OpenAI and Foundry: the same protocol at a resource's own address, with a version."""

from __future__ import annotations

from typing import Final

from ftgov.errors import MissingExtra
from ftgov.providers.openai_hosted import OpenAIHost, Reach, checked_url

API_VERSION: Final = "2024-10-21"
"""The newest version that Azure calls generally available for fine-tuning."""


def connect(reach: Reach, *, api_version: str = API_VERSION) -> OpenAIHost:
    """Return an Azure OpenAI resource, ready to be asked.

    Args:
        reach: How it is reached; `base_url` is the resource's endpoint, without a path.
        api_version: The version of the data plane, such as `2024-10-21`.

    Raises:
        MissingExtra: If the SDK is not installed.
        UsageError: If the endpoint can't be used.
    """
    try:
        import openai
    except ImportError as fault:
        raise MissingExtra("Talking to Azure OpenAI", "openai") from fault
    client = openai.AzureOpenAI(
        azure_endpoint=checked_url(reach.base_url),
        api_key=reach.key.reveal(),
        api_version=api_version,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(follow_redirects=False),
        timeout=60.0,
    )
    return OpenAIHost(reach, client, "azure")
